import { hash } from 'node:crypto';
import { ApiKey, type IApiKey, Period, type RestApi, UsagePlan } from 'aws-cdk-lib/aws-apigateway';
import { Construct } from 'constructs';
import { isTier } from '../functions/core/credentials/grantee.ts';

/** How often the holders of one tier may call. They share it, unless a key has a usage-plan entry of its own. */
export interface Tier {
  /** Requests a second, in the long run. */
  readonly rateLimit: number;
  /** Requests at once on top. */
  readonly burstLimit: number;
  /** Requests a day. @default no limit */
  readonly dailyQuota?: number;
}

/** Tier → what it allows; `default` is for whoever has none. */
export type Tiers = Readonly<Record<string, Tier>>;

/** Checks tiers where they are written. */
export function defineTiers(tiers: Tiers): Tiers {
  const names = Object.keys(tiers);
  const wrong = names.find((name) => !isTier(name));
  if (wrong !== undefined) throw new Error(`tier "${wrong}": a name is 1 to 40 of a-z 0-9 -`);
  if (names.length > 0 && !names.includes('default')) {
    throw new Error('tiers need a "default": what a credential without a tier may do');
  }
  return tiers;
}

/**
 * The value of the API Gateway key that stands for a tier. A label, not a credential: with `apiKeySource: AUTHORIZER` the
 * gateway takes it from the authorizer alone and never from a caller.
 */
function tierKeyValue(node: string, tier: string): string {
  return `keyward-tier-${hash('sha256', `${node}/${tier}`, 'hex').slice(0, 32)}`;
}

/** Tier → key value, as an authorizer's answer names it; '' for whoever has no tier. */
export function tierKeyValues(node: string, tiers: Tiers): Readonly<Record<string, string>> {
  const values = Object.keys(tiers).map((tier) => [tier, tierKeyValue(node, tier)] as const);
  const [, fallback] = values.find(([tier]) => tier === 'default') ?? [];
  return { ...Object.fromEntries(values), ...(fallback === undefined ? {} : { '': fallback }) };
}

export interface TierKeysProps {
  readonly tiers: Tiers;
  /** Tells the keys of one authorizer from another's. */
  readonly node: string;
}

/** The API Gateway keys of an authorizer's tiers; every API that it guards has a usage plan for each. */
export class TierKeys extends Construct {
  readonly #keys = new Map<string, IApiKey>();

  constructor(scope: Construct, id: string, { tiers, node }: TierKeysProps) {
    super(scope, id);
    for (const tier of Object.keys(tiers)) {
      const value = tierKeyValue(node, tier);
      this.#keys.set(
        tier,
        new ApiKey(this, `Key${tier}`, { value, description: `Keyward: ${tier}` }),
      );
    }
  }

  /** Meters an API, and lets its callers be counted under the key that the authorizer names. */
  meter(api: RestApi, tiers: Tiers): void {
    for (const [tier, { rateLimit, burstLimit, dailyQuota }] of Object.entries(tiers)) {
      const plan = new UsagePlan(api, `Tier${tier}`, {
        description: `Keyward: ${tier}`,
        throttle: { rateLimit, burstLimit },
        ...(dailyQuota === undefined ? {} : { quota: { limit: dailyQuota, period: Period.DAY } }),
        apiStages: [{ stage: api.deploymentStage }],
      });
      const key = this.#keys.get(tier);
      if (key !== undefined) plan.addApiKey(key);
    }
  }
}
