import type { AuthorizerHandler } from '../../functions/authorizers/serve.ts';
import type { RestAuthorizerEvent } from '../../functions/gateway/rest-authorizer.ts';

/** What a library makes of a token: its claims, or it throws. */
export type Verify = (token: string) => Promise<object> | object;

/** The authorizer that everybody writes around a library, for REQUEST events of a REST API. */
export function peerHandler(verify: Verify): AuthorizerHandler {
  return async (event) => {
    const { headers, methodArn } = event as RestAuthorizerEvent;
    const [, token = ''] = /^Bearer (\S+)$/i.exec(headers?.Authorization ?? '') ?? [];
    let claims: Readonly<Record<string, unknown>>;
    try {
      claims = (await verify(token)) as typeof claims;
    } catch {
      throw new Error('Unauthorized');
    }
    return allowing(claims, methodArn);
  };
}

function allowing(
  { sub, scope, client_id }: Readonly<Record<string, unknown>>,
  methodArn: string,
): Awaited<ReturnType<AuthorizerHandler>> {
  return {
    principalId: String(sub),
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: methodArn }],
    },
    context: { scope: String(scope), clientId: String(client_id) },
  };
}
