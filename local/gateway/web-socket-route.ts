import type { WebSocketApiSpec, WebSocketRouteSpec } from './api-spec.ts';
import type { GatewayAnswer } from './gateway-answer.ts';
import type { GatewayOptions } from './gateway-options.ts';
import { parseLambdaAnswer } from './lambda-answer.ts';
import { within } from './within.ts';

/** What came of the integration of a route. */
export type RouteResult =
  | { readonly kind: 'answered'; readonly answer: GatewayAnswer }
  | { readonly kind: 'failed'; readonly status: 500 | 502 | 504; readonly message: string };

/** Invokes the integrations of an API, in the proxy form of payload 1.0. */
export function webSocketRoutes(
  spec: WebSocketApiSpec,
  apiArn: string,
  { functions, log }: GatewayOptions,
): (route: WebSocketRouteSpec, stageName: string, event: unknown) => Promise<RouteResult> {
  return async ({ routeKey, integration }, stageName, event) => {
    const result = await within(
      integration.timeoutMilliseconds,
      functions.invoke(integration.functionArn, JSON.stringify(event), {
        service: 'apigateway.amazonaws.com',
        sourceArn: `${apiArn}/${stageName}/${routeKey}`,
        sourceAccount: spec.accountId,
      }),
    );
    if (result === 'too-late') {
      return { kind: 'failed', status: 504, message: 'Endpoint request timed out' };
    }
    const where = `${spec.logicalId}: ${routeKey}`;
    if (result.kind === 'refused') {
      log(`${where}: the integration could not be invoked: ${result.reason}`);
      return { kind: 'failed', status: 500, message: 'Internal server error' };
    }
    const answer =
      result.kind === 'answer'
        ? parseLambdaAnswer(result.payload, {
            format: '1.0',
            defaultContentType: 'application/json',
            decodesBase64: false,
          })
        : undefined;
    if (answer !== undefined) return { kind: 'answered', answer };
    const problem =
      result.kind === 'answer' ? 'malformed Lambda proxy response' : result.errorMessage;
    log(`${where}: ${problem}`);
    return { kind: 'failed', status: 502, message: 'Internal server error' };
  };
}
