import type { APIGatewayRequestAuthorizerEventV2 } from 'aws-lambda';
import type { RestAuthorizerEvent } from '../../../functions/gateway/rest-authorizer.ts';

const arn = 'arn:aws:execute-api:us-east-1:000000000000:abc123';

/** What a REST API sends to a REQUEST authorizer. The concrete path is as hostile as a caller can make it. */
export function restAuthorizerEvent(
  route: string,
  authorization: string | readonly string[] | undefined,
  changes: Partial<RestAuthorizerEvent> = {},
): RestAuthorizerEvent {
  const [method = '', template = ''] = route.split(' ');
  const path = template.replace(/\{[^}]*\}/g, '*');
  const values = authorization === undefined ? undefined : [authorization].flat();
  return {
    type: 'REQUEST',
    methodArn: `${arn}/prod/${method}${path}`,
    resource: template,
    path: `/prod${path}`,
    httpMethod: method,
    headers: {
      Host: 'api.example.com',
      ...(values === undefined ? {} : { Authorization: values.at(-1) }),
    },
    multiValueHeaders: {
      Host: ['api.example.com'],
      ...(values === undefined ? {} : { Authorization: values }),
    },
    queryStringParameters: {},
    multiValueQueryStringParameters: {},
    pathParameters: {},
    stageVariables: {},
    requestContext: {
      accountId: '000000000000',
      apiId: 'abc123',
      authorizer: undefined,
      protocol: 'HTTP/1.1',
      httpMethod: method,
      identity: {
        accessKey: null,
        accountId: null,
        apiKey: null,
        apiKeyId: null,
        caller: null,
        clientCert: null,
        cognitoAuthenticationProvider: null,
        cognitoAuthenticationType: null,
        cognitoIdentityId: null,
        cognitoIdentityPoolId: null,
        principalOrgId: null,
        sourceIp: '192.0.2.1',
        user: null,
        userAgent: 'test',
        userArn: null,
      },
      path: `/prod${path}`,
      stage: 'prod',
      requestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
      requestTimeEpoch: 1_800_000_000_000,
      resourceId: 'a1b2c3',
      resourcePath: template,
    },
    ...changes,
  };
}

/** What an HTTP API sends to an authorizer, payload 2.0. */
export function httpAuthorizerEvent(
  route: string,
  authorization: string | undefined,
  changes: Partial<APIGatewayRequestAuthorizerEventV2> = {},
): APIGatewayRequestAuthorizerEventV2 {
  const [method = '', template = ''] = route.split(' ');
  const path = template.replace(/\{[^}]*\}/g, '*');
  return {
    version: '2.0',
    type: 'REQUEST',
    routeArn: `${arn}/$default/${method}${path}`,
    identitySource: authorization === undefined ? [] : [authorization],
    routeKey: route,
    rawPath: path,
    rawQueryString: '',
    cookies: [],
    headers: { host: 'api.example.com', ...(authorization === undefined ? {} : { authorization }) },
    queryStringParameters: {},
    pathParameters: {},
    stageVariables: {},
    requestContext: {
      accountId: '000000000000',
      apiId: 'abc123',
      domainName: 'api.example.com',
      domainPrefix: 'api',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'test' },
      requestId: 'JKJaXmPLvHcESHA=',
      routeKey: route,
      stage: '$default',
      time: '15/Jan/2027:08:00:00 +0000',
      timeEpoch: 1_800_000_000_000,
    },
    ...changes,
  };
}
