import type { APIGatewayProxyEventV2 } from 'aws-lambda';

export interface HttpEventFacts {
  readonly method: string;
  readonly path: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
}

/** What an HTTP API sends to an integration with payload 2.0: names in lower case, repeated values joined. */
export function httpEvent(facts: HttpEventFacts): APIGatewayProxyEventV2 {
  const { method, path, query = '', headers = {}, body } = facts;
  return {
    version: '2.0',
    routeKey: `ANY ${path}`,
    rawPath: path,
    rawQueryString: query,
    headers: { host: 'abc.execute-api.us-east-1.amazonaws.com', ...headers },
    requestContext: {
      accountId: '000000000000',
      apiId: 'abc',
      domainName: 'abc.execute-api.us-east-1.amazonaws.com',
      domainPrefix: 'abc',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'test' },
      requestId: 'JKJaXmPLvHcESHA=',
      routeKey: `ANY ${path}`,
      stage: '$default',
      time: '15/Jan/2027:08:00:00 +0000',
      timeEpoch: 1_800_000_000_000,
    },
    ...(body === undefined ? {} : { body }),
    isBase64Encoded: facts.isBase64Encoded ?? false,
  };
}
