import type { HttpApiSpec, RestApiSpec, WebSocketApiSpec } from './api-spec.ts';
import { jsonAnswer, send } from './gateway-answer.ts';
import { httpApi } from './http-api.ts';
import type { RequestHandler, UpgradeHandler } from './listener.ts';
import { type RestApiOptions, restApi } from './rest-api.ts';
import { stageCaches } from './stage-caches.ts';
import { webSocketApi } from './web-socket-api.ts';

/** What answers for one API, wherever requests come in. One per API: its caches and counters are shared. */
export interface DataPlane {
  readonly apiId: string;
  readonly kind: 'http' | 'rest' | 'webSocket';
  readonly handle: RequestHandler;
  readonly upgrade?: UpgradeHandler;
  /** At the API's own endpoint, which may be disabled. */
  readonly handleAtEndpoint: RequestHandler;
  /** Forgets what authorizers answered on a stage. @returns whether there is such a stage with caches */
  emptyAuthorizerCaches(stageName: string): boolean;
  /** Ends what a listener does not know of. */
  close(): void;
}

export function dataPlane(
  api: HttpApiSpec | RestApiSpec | WebSocketApiSpec,
  options: Omit<RestApiOptions, 'caches'>,
): DataPlane {
  const { apiId, kind, stages } = api;
  if (api.kind === 'webSocket') {
    const plane = webSocketApi(api, options);
    return {
      ...{ apiId, kind, ...plane, handleAtEndpoint: plane.handle },
      emptyAuthorizerCaches: () => false,
    };
  }
  const caches = stageCaches(options.nowMilliseconds ?? Date.now);
  const handle =
    api.kind === 'http'
      ? httpApi(api, { ...options, caches })
      : restApi(api, { ...options, caches });
  return {
    ...{ apiId, kind, handle },
    handleAtEndpoint: api.isEndpointDisabled ? forbidden : handle,
    emptyAuthorizerCaches(stageName) {
      caches.clear(stageName);
      return stages.some(({ name }) => name === stageName);
    },
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
