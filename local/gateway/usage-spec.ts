/** API Gateway's own API keys and the plans that meter them, every intrinsic resolved. */

export interface ApiKeySpec {
  readonly logicalId: string;
  readonly keyId: string;
  /** What a client or an authorizer presents. */
  readonly value: string;
  readonly isEnabled: boolean;
}

export interface UsagePlanSpec {
  readonly planId: string;
  readonly stages: readonly PlannedStageSpec[];
  /** For all stages of the plan together, and for each key on its own. */
  readonly throttle: ThrottleSpec | undefined;
  readonly quota: QuotaSpec | undefined;
  readonly keys: readonly ApiKeySpec[];
}

export interface PlannedStageSpec {
  readonly apiId: string;
  readonly stageName: string;
  /** `/orders/{id}/GET` → what one key may ask of this method, beside what the whole plan says. */
  readonly methodThrottles: ReadonlyMap<string, ThrottleSpec>;
}

export interface ThrottleSpec {
  readonly ratePerSecond: number;
  readonly burst: number;
}

export interface QuotaSpec {
  readonly limit: number;
  readonly period: 'DAY' | 'WEEK' | 'MONTH';
  /** Days after Sunday, or after the first of the month, on which a period begins. */
  readonly offsetDays: number;
}
