import type { Decision } from './decision.ts';
import type { CacheMode } from './route-policy.ts';

/** A decision, and what a gateway needs to know to render and replay it. */
export interface Judgement {
  readonly decision: Decision;
  /** For whom the answer must be right: the whole API under one credential, one route, or this request. */
  readonly cache: CacheMode;
  /** Indices of the routes that the credential may use; only where the whole API is answered for. */
  readonly granted?: ReadonlySet<number> | undefined;
}
