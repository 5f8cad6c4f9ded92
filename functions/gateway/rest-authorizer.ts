import type { APIGatewayRequestAuthorizerEvent, APIGatewayTokenAuthorizerEvent } from 'aws-lambda';
import type { AuthRequest } from '../core/routes/auth-request.ts';
import { stageArnOf } from '../core/routes/method-arn.ts';
import { headerValues, requestValues } from './request-values.ts';

type Nullable =
  | 'headers'
  | 'multiValueHeaders'
  | 'queryStringParameters'
  | 'multiValueQueryStringParameters';

/**
 * What a REST API sends to a REQUEST authorizer; an HTTP API with payload 1.0 sends the same and `version`. From the
 * console's test button the maps are null.
 */
export type RestAuthorizerEvent = Omit<APIGatewayRequestAuthorizerEvent, Nullable> & {
  readonly version?: '1.0';
  readonly headers: Readonly<Record<string, string | undefined>> | null;
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[] | undefined>> | null;
  readonly queryStringParameters?: Readonly<Record<string, string | undefined>> | null;
  readonly multiValueQueryStringParameters?: Readonly<
    Record<string, readonly string[] | undefined>
  > | null;
};

/** The request in an event of version 1. Its route is the matched template, never the path that the caller spelt. */
export function restAuthRequest(event: RestAuthorizerEvent): AuthRequest {
  const method = event.httpMethod.toUpperCase();
  const { identity, requestId } = event.requestContext;
  const certificatePem = identity.clientCert?.clientCertPem;
  return {
    surface: event.version === '1.0' ? 'http-1' : 'rest-request',
    stageArn: stageArnOf(event.methodArn),
    route: { method, template: event.resource, key: `${method} ${event.resource}` },
    headers: headerValues(event),
    query: requestValues(event.multiValueQueryStringParameters, event.queryStringParameters),
    ...(certificatePem === undefined ? {} : { certificatePem }),
    requestId,
    sourceIp: identity.sourceIp,
  };
}

/**
 * The request in a TOKEN event, which holds the value of one header and the ARN of the method: no route, no address, no
 * certificate, no request id.
 *
 * @param identity the header that the authorizer is configured with
 */
export function tokenAuthRequest(
  event: APIGatewayTokenAuthorizerEvent,
  identity: string,
): AuthRequest {
  return {
    surface: 'rest-token',
    stageArn: stageArnOf(event.methodArn),
    route: undefined,
    headers: new Map([[identity, [event.authorizationToken]]]),
    query: new Map(),
    requestId: '',
  };
}
