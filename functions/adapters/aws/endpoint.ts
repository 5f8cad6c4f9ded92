/** DNS suffixes of the partitions beside the largest, by the first part of their regions' names. */
const suffixes: Readonly<Record<string, string>> = {
  cn: 'amazonaws.com.cn',
  eusc: 'amazonaws.eu',
};

/** A service that takes JSON under signed requests. */
export type ServiceName = 'dynamodb' | 'secretsmanager';

const variables: Readonly<Record<ServiceName, string>> = {
  dynamodb: 'AWS_ENDPOINT_URL_DYNAMODB',
  secretsmanager: 'AWS_ENDPOINT_URL_SECRETS_MANAGER',
};

/**
 * Where a service is, with the precedence of the SDK: the variable of the service, the variable of all services, the
 * endpoint of the region. A variable that is set to nothing counts as not set.
 */
export function serviceEndpoint(
  service: ServiceName,
  env: Readonly<Record<string, string | undefined>>,
): URL {
  const region = env.AWS_REGION ?? '';
  const [partition = ''] = region.split('-');
  return new URL(
    env[variables[service]] ||
      env.AWS_ENDPOINT_URL ||
      `https://${service}.${region}.${suffixes[partition] ?? 'amazonaws.com'}`,
  );
}
