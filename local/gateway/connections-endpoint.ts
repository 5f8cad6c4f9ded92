import type { SignedAccess } from '../aws/access-control.ts';
import type { WebSocketApiSpec } from './api-spec.ts';
import { type GatewayAnswer, jsonAnswer } from './gateway-answer.ts';
import { type GatewayRequest, headerValues } from './gateway-request.ts';
import type { Connections } from './web-socket-connections.ts';

const payloadBytesMax = 128 * 1024;

/**
 * `/<stage>/@connections/<id>`: what the owner of an API may do to a connection. POST sends to it, GET tells of it,
 * DELETE closes it, each with a signature whose role allows `execute-api:ManageConnections`.
 * @returns `undefined` for any other path
 */
export function connectionsEndpoint(
  spec: WebSocketApiSpec,
  open: Connections,
  access: SignedAccess,
): (request: GatewayRequest) => GatewayAnswer | undefined {
  const arn = `arn:aws:execute-api:${spec.region}:${spec.accountId}:${spec.apiId}`;
  return (request) => {
    const [, stageName = '', collection, connectionId = '', ...rest] = request.rawPath
      .split('/')
      .map(decoded);
    if (collection !== '@connections' || connectionId === '' || rest.length > 0) return undefined;
    const { method, body } = request;
    const [authorization] = headerValues(request.headers, 'authorization');
    const resource = `${arn}/${stageName}/${method}/@connections/${connectionId}`;
    const action = 'execute-api:ManageConnections';
    switch (access(authorization, { action, resource, context: {} })) {
      case 'unsigned':
        return refusal(403, 'MissingAuthenticationTokenException', 'Missing Authentication Token');
      case 'denied':
        return refusal(
          403,
          'AccessDeniedException',
          `User is not authorized to perform: ${action} on resource: ${resource}`,
        );
      case 'allowed':
    }
    if (!['POST', 'GET', 'DELETE'].includes(method)) {
      return refusal(403, 'MissingAuthenticationTokenException', 'Missing Authentication Token');
    }
    const connection = open.find(stageName, connectionId);
    if (connection === undefined) return refusal(410, 'GoneException', null);
    if (method === 'POST') {
      if (body.byteLength > payloadBytesMax) {
        return refusal(413, 'PayloadTooLargeException', 'Payload Too Large');
      }
      connection.send(body);
      return { status: 200, headers: [], body: Buffer.alloc(0) };
    }
    if (method === 'DELETE') {
      connection.close();
      return { status: 204, headers: [], body: Buffer.alloc(0) };
    }
    const { peer, lastActiveMilliseconds } = connection;
    return jsonAnswer(200, {
      connectedAt: new Date(peer.connectedAtMilliseconds).toISOString(),
      identity: { sourceIp: peer.sourceIp, userAgent: peer.userAgent },
      lastActiveAt: new Date(lastActiveMilliseconds).toISOString(),
    });
  };
}

function refusal(status: number, errorType: string, message: string | null): GatewayAnswer {
  const answer = jsonAnswer(status, { message });
  return { ...answer, headers: [...answer.headers, ['x-amzn-errortype', errorType]] };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
