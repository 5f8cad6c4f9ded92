/** DNS suffixes of the partitions beside the largest, by the first part of their regions' names. */
const suffixes: Readonly<Record<string, string>> = {
  cn: 'amazonaws.com.cn',
  eusc: 'amazonaws.eu',
};

/**
 * Where DynamoDB is, with the precedence of the SDK: the variable of the service, the variable of all services, the
 * endpoint of the region. A variable that is set to nothing counts as not set.
 */
export function dynamoEndpoint(env: Readonly<Record<string, string | undefined>>): URL {
  const region = env.AWS_REGION ?? '';
  const [partition = ''] = region.split('-');
  return new URL(
    env.AWS_ENDPOINT_URL_DYNAMODB ||
      env.AWS_ENDPOINT_URL ||
      `https://dynamodb.${region}.${suffixes[partition] ?? 'amazonaws.com'}`,
  );
}
