import type { AuthorizerSpec } from './api-spec.ts';
import type { AuthorizerAnswer } from './authorizer-answer.ts';
import { type ResultCache, resultCache } from './result-cache.ts';

/** The result caches of one API. They are emptied stage by stage, so each stage has its own. */
export interface StageCaches {
  /** That of one authorizer on one stage. */
  of(stageName: string, authorizer: AuthorizerSpec): ResultCache<AuthorizerAnswer>;
  /** Forgets what all authorizers answered on a stage. */
  clear(stageName: string): void;
}

export function stageCaches(nowMilliseconds: () => number): StageCaches {
  const stages = new Map<string, Map<string, ResultCache<AuthorizerAnswer>>>();
  return {
    of(stageName, { authorizerId, ttlSeconds }) {
      const caches = stages.get(stageName) ?? new Map<string, ResultCache<AuthorizerAnswer>>();
      stages.set(stageName, caches);
      const cache = caches.get(authorizerId) ?? resultCache(ttlSeconds, nowMilliseconds);
      caches.set(authorizerId, cache);
      return cache;
    },
    clear(stageName) {
      for (const cache of stages.get(stageName)?.values() ?? []) cache.clear();
    },
  };
}
