import type { CustomDomainSpec, DomainMappingSpec } from '../gateway/api-spec.ts';
import { nestedProperties, type Properties, propertiesOf } from './properties.ts';
import type { ResolvedAssembly } from './resolve-assembly.ts';

/** The custom domains of an assembly, of both generations; either kind of mapping fits either. @throws TemplateError */
export function customDomainSpecs({ resources }: ResolvedAssembly): readonly CustomDomainSpec[] {
  const protocols = new Map(
    resources
      .filter(({ type }) => /^AWS::ApiGateway(::RestApi|V2::Api)$/.test(type))
      .map(({ ref, properties }) => [ref, properties.ProtocolType]),
  );
  const stages = new Set(
    resources
      .filter(({ type }) => /^AWS::ApiGateway(V2)?::Stage$/.test(type))
      .map(({ ref, properties }) => `${String(properties.RestApiId ?? properties.ApiId)}/${ref}`),
  );
  const mappings = resources
    .filter(({ type }) => Object.hasOwn(mappingMembers, type))
    .map((resource) => {
      const properties = propertiesOf(resource);
      const members = mappingMembers[resource.type as keyof typeof mappingMembers];
      const mapping = readMapping(properties, members, protocols);
      if (!stages.has(`${mapping.apiId}/${mapping.stageName}`)) {
        properties.fail(`Stage ${mapping.stageName} is not one of that API`);
      }
      return { properties, ...mapping };
    });
  const domains = resources
    .filter(({ type }) => /^AWS::ApiGateway(V2)?::DomainName$/.test(type))
    .map(({ stackName, logicalId, type, ...resource }) => {
      const properties = propertiesOf({ stackName, logicalId, type, ...resource });
      if (type === 'AWS::ApiGateway::DomainName') checkEndpoint(properties);
      else checkConfigurations(properties);
      properties.only('RoutingMode', 'API_MAPPING_ONLY', 'BASE_PATH_MAPPING_ONLY');
      const truststore = properties.nested('MutualTlsAuthentication', [
        ...['TruststoreUri', 'TruststoreVersion'],
      ]);
      truststore?.text('TruststoreUri');
      const domainName = properties.text('DomainName');
      const own = mappings.filter((mapping) => mapping.domainName === domainName);
      const basePaths = new Set(own.map(({ basePath }) => basePath));
      if (basePaths.size < own.length) properties.fail('two mappings have the same path');
      return {
        ...{ stackName, logicalId, domainName, isMutualTls: truststore !== undefined },
        mappings: own.map(({ apiId, stageName, basePath }) => ({ apiId, stageName, basePath })),
      };
    });
  for (const { properties, domainName } of mappings) {
    if (domains.some((domain) => domain.domainName === domainName)) continue;
    properties.fail(`DomainName ${domainName} is not in a template`);
  }
  return domains;
}

interface MappingMembers {
  readonly api: string;
  readonly path: string;
}

const mappingMembers = {
  'AWS::ApiGateway::BasePathMapping': { api: 'RestApiId', path: 'BasePath' },
  'AWS::ApiGatewayV2::ApiMapping': { api: 'ApiId', path: 'ApiMappingKey' },
} as const;

function readMapping(
  properties: Properties,
  members: MappingMembers,
  protocols: ReadonlyMap<string, unknown>,
): DomainMappingSpec & { readonly domainName: string } {
  const apiId = properties.text(members.api);
  if (!protocols.has(apiId)) properties.fail(`${members.api} ${apiId} is not in a template`);
  if (protocols.get(apiId) === 'WEBSOCKET') {
    properties.fail('a WebSocket API behind a custom domain is not hosted');
  }
  if (!properties.has('Stage')) properties.fail('a mapping without a Stage is not hosted');
  const path = properties.textOr(members.path, '');
  if (path !== '' && !/^[\w.~-]+(\/[\w.~-]+)*$|^\(none\)$/.test(path)) {
    properties.fail(`${members.path} ${path} is not a path`);
  }
  return {
    apiId,
    domainName: properties.text('DomainName'),
    stageName: properties.text('Stage'),
    basePath: path === '' || path === '(none)' ? '' : `/${path}`,
  };
}

/** Regional ones only: client certificates exist nowhere else. */
function checkEndpoint(properties: Properties): void {
  const endpoint = properties.nested('EndpointConfiguration', ['Types', 'IpAddressType']);
  endpoint?.only('Types', ['REGIONAL']);
  checkPolicy(properties, properties.has('MutualTlsAuthentication'));
}

function checkConfigurations(properties: Properties): void {
  for (const item of properties.list('DomainNameConfigurations')) {
    const configuration = nestedProperties(item, `${properties.where}.DomainNameConfigurations`, [
      ...['CertificateArn', 'CertificateName', 'EndpointType', 'SecurityPolicy', 'IpAddressType'],
      'OwnershipVerificationCertificateArn',
    ]);
    configuration.only('EndpointType', 'REGIONAL');
    checkPolicy(configuration, properties.has('MutualTlsAuthentication'));
  }
}

/** The runner speaks TLS 1.2 and 1.3 whatever the template says; client certificates need that on AWS as well. */
function checkPolicy(properties: Properties, isMutualTls: boolean): void {
  properties.only('SecurityPolicy', 'TLS_1_2', ...(isMutualTls ? [] : ['TLS_1_0']));
}
