import { PrincipalMissing, requirePrincipal } from '../../gateway/require-principal.ts';

/** The part of the events of all three kinds of API that this backend looks at. */
export interface OrdersEvent {
  readonly resource?: string;
  readonly httpMethod?: string;
  readonly routeKey?: string;
  readonly pathParameters?: Readonly<Record<string, string | undefined>> | null;
  readonly headers?: Readonly<Record<string, string | undefined>> | null;
  readonly requestContext: object;
}

export interface OrdersAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const orders = [
  { id: '1', item: 'a pair of skates', quantity: 1 },
  { id: '2', item: 'pencils', quantity: 12 },
];

/**
 * The demo backend. It routes on the gateway's matched route, the same that was authorized, and takes identity from the
 * authorizer's context alone.
 */
export function answerOrders(event: OrdersEvent, now: number): OrdersAnswer {
  const route = routeOf(event);
  if (route === 'GET /healthz') return json(200, { status: 'ok' });
  try {
    const principal = requirePrincipal(event, { now });
    switch (route) {
      case '$connect':
        return connected(event);
      case '$disconnect':
        return json(200, {});
      case '$default':
      case 'GET /whoami':
      case 'GET /partners/me':
        return json(200, principal);
      case 'GET /orders':
        return json(200, { orders });
      case 'GET /orders/export':
        return json(200, { csv: orders.map(({ id, item }) => `${id};${item}`).join('\n') });
      case 'GET /orders/{id}':
      case 'DELETE /orders/{id}': {
        const order = orders.find(({ id }) => id === event.pathParameters?.id);
        if (order === undefined) return json(404, { error: 'not_found' });
        return route.startsWith('GET') ? json(200, order) : json(200, { deleted: order.id });
      }
      case 'POST /orders':
        return json(201, { id: '3', orderedBy: principal.clientId });
      case 'GET /reports/{name}':
        return json(200, { report: event.pathParameters?.name, orders: orders.length });
      case 'GET /transfers':
        return json(200, { transfers: [] });
      default:
        return json(404, { error: 'not_found' });
    }
  } catch (cause) {
    if (cause instanceof PrincipalMissing) return json(401, { error: 'unauthorized' });
    throw cause;
  }
}

/** `GET /orders/{id}`, `$connect`: a WebSocket event says its route in the context. */
function routeOf(event: OrdersEvent): string {
  const { requestContext } = event;
  if ('connectionId' in requestContext && 'routeKey' in requestContext) {
    return String(requestContext.routeKey);
  }
  return event.routeKey ?? `${event.httpMethod} ${event.resource}`;
}

/** Echoes the subprotocol that carried the credential, without the credential: a browser insists on an echo. */
function connected({ headers }: OrdersEvent): OrdersAnswer {
  const offered = Object.entries(headers ?? {}).find(
    ([name]) => name.toLowerCase() === 'sec-websocket-protocol',
  )?.[1];
  const chosen = offered
    ?.split(',')
    .map((one) => one.trim())
    .find((one) => one.startsWith('keyward.'));
  const answer = json(200, {});
  if (chosen === undefined) return answer;
  return { ...answer, headers: { ...answer.headers, 'Sec-WebSocket-Protocol': chosen } };
}

function json(statusCode: number, body: unknown): OrdersAnswer {
  return {
    statusCode,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify(body),
  };
}
