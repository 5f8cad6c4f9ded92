import { quotaPeriodStart } from './quota-period.ts';
import { type TokenBucket, tokenBucket } from './token-bucket.ts';
import type { ApiKeySpec, ThrottleSpec, UsagePlanSpec } from './usage-spec.ts';

export interface MeteredRequest {
  readonly apiId: string;
  readonly stageName: string;
  /** {@link methodKey} of what was matched. */
  readonly method: string;
  /** Value of the presented key; `undefined` where none was. */
  readonly keyValue: string | undefined;
}

export type Metered =
  | { readonly kind: 'admitted'; readonly key: ApiKeySpec }
  | {
      readonly kind: 'refused';
      readonly type: 'INVALID_API_KEY' | 'THROTTLED' | 'QUOTA_EXCEEDED';
    };

/** All usage plans of one run. What a key has used counts for every API and stage of a plan together. */
export interface UsagePlans {
  /** Counts a request if it may pass: a key that is enabled and in a plan of this stage, a token, a place in the quota. */
  admit(request: MeteredRequest): Metered;
}

/** How a plan names a method; the root is `//GET`. */
export function methodKey(path: string, httpMethod: string): string {
  return `${path}/${httpMethod}`;
}

export function usagePlans(
  plans: readonly UsagePlanSpec[],
  nowMilliseconds: () => number,
): UsagePlans {
  const buckets = new Map<string, TokenBucket>();
  const used = new Map<string, { readonly periodStart: number; readonly requests: number }>();

  return {
    admit({ apiId, stageName, method, keyValue }) {
      const found = plans.flatMap((plan) => {
        const stage = plan.stages.find(
          (each) => each.apiId === apiId && each.stageName === stageName,
        );
        const key = plan.keys.find(({ value, isEnabled }) => isEnabled && value === keyValue);
        return stage === undefined || key === undefined ? [] : [{ plan, stage, key }];
      })[0];
      if (found === undefined) return { kind: 'refused', type: 'INVALID_API_KEY' };
      const { plan, stage, key } = found;
      const meter = [plan.planId, key.keyId];
      const limits = [
        bucketOf(plan.throttle, meter),
        bucketOf(stage.methodThrottles.get(method), [...meter, apiId, stageName, method]),
      ].filter((bucket) => bucket !== undefined);
      // Both are looked at before one is touched: what a method refuses costs the plan nothing.
      if (!limits.every((bucket) => bucket.hasToken())) {
        return { kind: 'refused', type: 'THROTTLED' };
      }
      for (const bucket of limits) bucket.take();
      return count(plan, meter)
        ? { kind: 'admitted', key }
        : { kind: 'refused', type: 'QUOTA_EXCEEDED' };
    },
  };

  function bucketOf(
    throttle: ThrottleSpec | undefined,
    name: readonly string[],
  ): TokenBucket | undefined {
    if (throttle === undefined) return undefined;
    const id = JSON.stringify(name);
    const bucket = buckets.get(id) ?? tokenBucket(throttle, nowMilliseconds);
    buckets.set(id, bucket);
    return bucket;
  }

  /** @returns whether there was a place left; what is refused is not counted */
  function count({ quota }: UsagePlanSpec, meter: readonly string[]): boolean {
    if (quota === undefined) return true;
    const id = JSON.stringify(meter);
    const periodStart = quotaPeriodStart(quota, nowMilliseconds());
    const before = used.get(id);
    const requests = before?.periodStart === periodStart ? before.requests : 0;
    if (requests >= quota.limit) return false;
    used.set(id, { periodStart, requests: requests + 1 });
    return true;
  }
}
