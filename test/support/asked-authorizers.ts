import { vi } from 'vitest';
import type { DemoWorld } from './demo-world.ts';

/** An authorizer function that was asked: no answer was there to be replayed. */
export interface AskedAuthorizer {
  /** ARN of the gateway's authorizer on whose behalf. */
  readonly authorizer: string;
  /** What was in the Authorization header. */
  readonly authorization: string;
  /** Of an HTTP API. */
  readonly routeKey: string | undefined;
}

/** Watches which authorizers the gateways of a world ask from now on. */
export function askedAuthorizers({ hosted }: DemoWorld): () => readonly AskedAuthorizer[] {
  const spy = vi.spyOn(hosted.functions, 'invoke');
  return () =>
    spy.mock.calls.flatMap(([, payload, invoker]) => {
      if (invoker.service === null || !invoker.sourceArn.includes('/authorizers/')) return [];
      const event = JSON.parse(payload) as AuthorizerEvent;
      const found = Object.entries(event.headers ?? {}).find(
        ([name]) => name.toLowerCase() === 'authorization',
      );
      return [
        {
          authorizer: invoker.sourceArn,
          authorization: found?.[1] ?? '',
          routeKey: event.routeKey,
        },
      ];
    });
}

interface AuthorizerEvent {
  readonly headers?: Readonly<Record<string, string>> | null;
  readonly routeKey?: string;
}
