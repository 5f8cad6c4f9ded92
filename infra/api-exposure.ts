import { Stack } from 'aws-cdk-lib';
import {
  CfnBasePathMapping,
  CfnDomainName,
  CfnRestApi,
  type RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import {
  CfnApi,
  CfnApiMapping,
  CfnDomainName as CfnDomainNameV2,
  type HttpApi,
} from 'aws-cdk-lib/aws-apigatewayv2';
import type { IConstruct } from 'constructs';

/**
 * Ways around an authorizer that a route table cannot show: a domain with mutual TLS whose API answers without a
 * certificate at its default endpoint.
 */
export function exposureProblems(api: RestApi | HttpApi, apiId: string): string[] {
  const cfn = api.node.defaultChild;
  if (!(cfn instanceof CfnRestApi || cfn instanceof CfnApi)) return [];
  if (cfn.disableExecuteApiEndpoint === true) return [];
  const nodes = api.node.root.node.findAll();
  return mutualTlsDomains(nodes)
    .filter((domain) => isMapped(nodes, domain, api, apiId))
    .map(
      (domain) =>
        `${api.node.path} is behind ${domain.node.path}, which wants client certificates, and its default endpoint wants none: set disableExecuteApiEndpoint`,
    );
}

/** Does the API's resource policy allow anything? Then what an authorizer does not mention is allowed as well. */
export function allowsByResourcePolicy(api: RestApi): boolean {
  const cfn = api.node.defaultChild;
  if (!(cfn instanceof CfnRestApi) || cfn.policy === undefined) return false;
  const policy = (Stack.of(api).resolve(cfn.policy) ?? {}) as { readonly Statement?: unknown };
  return [policy.Statement ?? []]
    .flat()
    .some((statement) => (statement as { readonly Effect?: unknown }).Effect === 'Allow');
}

function mutualTlsDomains(nodes: readonly IConstruct[]): readonly IConstruct[] {
  return nodes.filter(
    (node) =>
      (node instanceof CfnDomainName || node instanceof CfnDomainNameV2) &&
      node.mutualTlsAuthentication !== undefined,
  );
}

function isMapped(
  nodes: readonly IConstruct[],
  domain: IConstruct,
  api: IConstruct,
  apiId: string,
): boolean {
  const idOf = (value: unknown, at: IConstruct): string =>
    JSON.stringify(Stack.of(at).resolve(value) ?? null);
  const wanted = idOf(apiId, api);
  const name = domain as { readonly ref?: string; readonly domainName?: string } & IConstruct;
  const names = [name.ref, name.domainName].map((one) => idOf(one, domain));
  return nodes.some((node) => {
    if (!(node instanceof CfnBasePathMapping || node instanceof CfnApiMapping)) return false;
    const mapped = node instanceof CfnApiMapping ? node.apiId : node.restApiId;
    return idOf(mapped, node) === wanted && names.includes(idOf(node.domainName, node));
  });
}
