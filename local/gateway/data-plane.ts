import type { HttpApiSpec, RestApiSpec, WebSocketApiSpec } from './api-spec.ts';
import { jsonAnswer, send } from './gateway-answer.ts';

import { httpApi } from './http-api.ts';
import type { RequestHandler, UpgradeHandler } from './listener.ts';
import { type RestApiOptions, restApi } from './rest-api.ts';
import { webSocketApi } from './web-socket-api.ts';

/** What answers for one API, wherever requests come in. One per API: its caches and counters are shared. */
export interface DataPlane {
  readonly apiId: string;
  readonly handle: RequestHandler;
  readonly upgrade?: UpgradeHandler;
  /** At the API's own endpoint, which may be disabled. */
  readonly handleAtEndpoint: RequestHandler;
  /** Ends what a listener does not know of. */
  close(): void;
}

export function dataPlane(
  api: HttpApiSpec | RestApiSpec | WebSocketApiSpec,
  options: RestApiOptions,
): DataPlane {
  const { apiId } = api;
  if (api.kind === 'webSocket') {
    const plane = webSocketApi(api, options);
    return { apiId, ...plane, handleAtEndpoint: plane.handle };
  }
  const handle = api.kind === 'http' ? httpApi(api, options) : restApi(api, options);
  return {
    ...{ apiId, handle },
    handleAtEndpoint: api.isEndpointDisabled ? forbidden : handle,
    close: () => undefined,
  };
}

/** What is said where nothing is mapped, or no longer. */
export const forbidden: RequestHandler = async (request, response) => {
  request.resume();
  const answer = jsonAnswer(403, { message: 'Forbidden' });
  send(response, {
    ...answer,
    headers: [...answer.headers, ['x-amzn-errortype', 'ForbiddenException']],
  });
};
