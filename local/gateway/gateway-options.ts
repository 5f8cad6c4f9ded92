import type { SignedAccess } from '../aws/access-control.ts';
import type { FunctionHost, Log } from '../contracts.ts';
import type { StageCaches } from './stage-caches.ts';

export interface GatewayOptions {
  readonly functions: FunctionHost;
  readonly log: Log;
  readonly domainName: string;
  /** Of callers of `@connections`. */
  readonly access: SignedAccess;
  /** @default the system's clock */
  readonly nowMilliseconds?: () => number;
  /** @default 10 s: fixed for HTTP APIs, unknown for REST and WebSocket APIs */
  readonly authorizerTimeoutMilliseconds?: number;
}

/** Of an API that replays what its authorizers answered. */
export interface CachingGatewayOptions extends GatewayOptions {
  readonly caches: StageCaches;
}

/** How long an authorizer may take. */
export const authorizerTimeoutMilliseconds = 10_000;
