import { Stack } from 'aws-cdk-lib';
import { CfnBasePathMapping, CfnDomainName, type CfnRestApi } from 'aws-cdk-lib/aws-apigateway';
import {
  type CfnApi,
  CfnApiMapping,
  CfnDomainName as CfnDomainNameV2,
} from 'aws-cdk-lib/aws-apigatewayv2';
import type { IConstruct } from 'constructs';
import { referenced, rendered } from './rendered.ts';

type Domain = CfnDomainName | CfnDomainNameV2;

/**
 * Ways around an authorizer that a route table cannot show: a domain with mutual TLS, in any stack of the app, whose API
 * answers without a certificate at its default endpoint.
 *
 * @param routes of the API, for the message
 */
export function exposureProblems(api: CfnRestApi | CfnApi, routes: readonly string[]): string[] {
  if (rendered(api).DisableExecuteApiEndpoint === true) return [];
  const nodes = api.node.root.node.findAll();
  return nodes
    .filter((node) => node instanceof CfnDomainName || node instanceof CfnDomainNameV2)
    .filter((domain) => isMutualTls(domain) && isMapped(nodes, domain, api))
    .map(
      (domain) =>
        `${domain.node.path} wants client certificates, and the default endpoint of ${api.node.path} wants none: set disableExecuteApiEndpoint, or ${routes.join(', ')} can be called without one`,
    );
}

/** Does the API's resource policy allow anything? Then what an authorizer does not mention is allowed as well. */
export function allowsByResourcePolicy(api: CfnRestApi): boolean {
  const { Policy } = rendered(api);
  if (Policy === undefined) return false;
  const { Statement = [] } = Policy as { readonly Statement?: unknown };
  return [Statement].flat().some((one) => (one as { readonly Effect?: unknown }).Effect !== 'Deny');
}

function isMutualTls(domain: Domain): boolean {
  return rendered(domain).MutualTlsAuthentication !== undefined;
}

function isMapped(nodes: readonly IConstruct[], domain: Domain, api: IConstruct): boolean {
  return nodes.some((node) => {
    if (node instanceof CfnBasePathMapping) {
      return referenced(node.restApiId) === api && isNamed(node.domainName, domain);
    }
    return (
      node instanceof CfnApiMapping &&
      referenced(node.apiId) === api &&
      isNamed(node.domainName, domain)
    );
  });
}

/** A mapping names its domain by reference, or by the name itself where the domain was imported. */
function isNamed(name: string, domain: Domain): boolean {
  return (
    referenced(name) === domain || Stack.of(domain).resolve(name) === rendered(domain).DomainName
  );
}
