import type {
  APIGatewayRequestAuthorizerEventV2,
  APIGatewayTokenAuthorizerEvent,
} from 'aws-lambda';
import type { RestAuthorizerEvent } from '../../../functions/gateway/rest-authorizer.ts';
import type { WebSocketAuthorizerEvent } from '../../../functions/gateway/websocket-authorizer.ts';

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

/** What a REST API sends to a TOKEN authorizer: nothing else. */
export function tokenAuthorizerEvent(
  authorizationToken: string,
  request = 'GET/orders',
): APIGatewayTokenAuthorizerEvent {
  return { type: 'TOKEN', authorizationToken, methodArn: `${arn}/prod/${request}` };
}

/** What an HTTP API sends to an authorizer, payload 1.0: one string of identity, no multi-value maps. */
export function http1AuthorizerEvent(
  route: string,
  authorization: string | undefined,
  changes: Partial<RestAuthorizerEvent> = {},
): RestAuthorizerEvent {
  const {
    multiValueHeaders: _h,
    multiValueQueryStringParameters: _q,
    ...event
  } = restAuthorizerEvent(route, authorization);
  return {
    ...event,
    version: '1.0',
    headers: { host: 'api.example.com', ...(authorization === undefined ? {} : { authorization }) },
    ...changes,
  };
}

/** What a WebSocket API sends for `$connect`: no verb, no path. */
export function connectAuthorizerEvent(
  headers: Readonly<Record<string, string>>,
  query: Readonly<Record<string, string>> = {},
): WebSocketAuthorizerEvent {
  const all = (map: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(map).map(([name, value]) => [name, [value]]));
  return {
    type: 'REQUEST',
    methodArn: `${arn}/prod/$connect`,
    headers: { Host: 'ws.example.com', ...headers },
    multiValueHeaders: { Host: ['ws.example.com'], ...all(headers) },
    queryStringParameters: query,
    multiValueQueryStringParameters: all(query),
    requestContext: {
      routeKey: '$connect',
      eventType: 'CONNECT',
      requestId: 'ZLr3FGbJoAMF0mQ=',
      connectionId: 'ZLr3FfZIoAMCKMw=',
      identity: { sourceIp: '192.0.2.1' },
    },
  };
}
