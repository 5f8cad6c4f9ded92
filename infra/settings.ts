import { defaults, keyRetirementSeconds } from '../functions/core/durations.ts';

/**
 * `prod` keeps state and runs on the documented durations. `dev` forgets state with the stack and shows every change
 * within a second or two, and has room for many forced rotations.
 */
export type StageKind = 'dev' | 'prod';

/** Everything a deployment may set, in seconds; see the table in docs/operations.md. */
export interface Settings {
  readonly accessTokenLifetimeSeconds: number;
  readonly accessTokenLifetimeMaxSeconds: number;
  readonly clockSkewSeconds: number;
  readonly clientCacheSeconds: number;
  readonly ringCacheSeconds: number;
  readonly ringHoldSeconds: number;
  readonly publicationLeadSeconds: number;
  readonly rotationPeriodSeconds: number;
  readonly publishedKeysMax: number;
  readonly publishedKeysCacheSeconds: number;
  readonly credentialCacheSeconds: number;
  readonly revocationPollSeconds: number;
  readonly revocationMaxStaleSeconds: number;
  readonly publicDocumentMaxAgeSeconds: number;
}

const { clockSkewSeconds, publishedKeysCacheSeconds, publicDocumentMaxAgeSeconds } = defaults;

const prod: Settings = {
  accessTokenLifetimeSeconds: defaults.accessTokenLifetimeSeconds,
  accessTokenLifetimeMaxSeconds: defaults.accessTokenLifetimeMaxSeconds,
  clockSkewSeconds,
  clientCacheSeconds: defaults.clientCacheSeconds,
  ringCacheSeconds: defaults.ringCacheSeconds,
  ringHoldSeconds: defaults.ringHoldSeconds,
  publicationLeadSeconds: defaults.publicationLeadSeconds,
  rotationPeriodSeconds: defaults.rotationPeriodSeconds,
  publishedKeysMax: 10,
  publishedKeysCacheSeconds,
  credentialCacheSeconds: defaults.credentialCacheSeconds,
  revocationPollSeconds: defaults.revocationPollSeconds,
  revocationMaxStaleSeconds: defaults.revocationMaxStaleSeconds,
  publicDocumentMaxAgeSeconds,
};

const dev: Settings = {
  ...prod,
  publishedKeysMax: 40,
  revocationPollSeconds: 1,
};

const hour = 3_600;

/** The settings of a stage with the given ones replaced; throws what is wrong with the result, and what is allowed. */
export function settingsOf(stage: StageKind, given: Partial<Settings>): Settings {
  const settings = { ...(stage === 'dev' ? dev : prod), ...given };
  const problem = rules(stage, settings).find(([holds]) => !holds)?.[1];
  if (problem !== undefined) throw new Error(`Keyward settings: ${problem}`);
  return settings;
}

/** How long a retired key stays published. */
export function retirementSeconds(settings: Settings): number {
  return keyRetirementSeconds(settings);
}

function rules(stage: StageKind, s: Settings): readonly (readonly [boolean, string])[] {
  const integers = Object.entries(s).find(([, value]) => !Number.isInteger(value) || value < 0);
  return [
    [integers === undefined, `${integers?.[0]} must be a whole number of seconds, 0 or more`],
    [
      s.accessTokenLifetimeSeconds >= 1 &&
        s.accessTokenLifetimeSeconds <= s.accessTokenLifetimeMaxSeconds,
      'accessTokenLifetimeSeconds must be 1 to accessTokenLifetimeMaxSeconds',
    ],
    [s.accessTokenLifetimeMaxSeconds <= 24 * hour, 'no access token may live longer than a day'],
    [s.clockSkewSeconds <= 120, 'clockSkewSeconds must be at most 120'],
    [s.ringCacheSeconds <= hour, 'ringCacheSeconds must be at most 3600'],
    [s.clientCacheSeconds <= 60, 'clientCacheSeconds must be at most 60'],
    [
      s.publishedKeysCacheSeconds >= 1 && s.publishedKeysCacheSeconds <= hour,
      'publishedKeysCacheSeconds must be 1 to 3600',
    ],
    [s.credentialCacheSeconds <= 60, 'credentialCacheSeconds must be at most 60'],
    [
      s.revocationPollSeconds >= 1 && s.revocationPollSeconds <= 60,
      'revocationPollSeconds must be 1 to 60',
    ],
    [s.revocationMaxStaleSeconds <= 600, 'revocationMaxStaleSeconds must be at most 600'],
    [s.publicDocumentMaxAgeSeconds <= hour, 'publicDocumentMaxAgeSeconds must be at most 3600'],
    [
      stage === 'dev' || s.publicationLeadSeconds >= 3 * hour,
      'publicationLeadSeconds must be at least 3 hours in prod: native gateway authorizers cache keys for up to two',
    ],
    [
      stage === 'dev' || s.publishedKeysMax <= 10,
      'publishedKeysMax must be at most 10 in prod: a load balancer reads no more keys',
    ],
    [
      s.publishedKeysMax >= 8 && s.publishedKeysMax <= 100,
      'publishedKeysMax must be 8 to 100: with fewer the second rotation would never become possible',
    ],
    [
      s.publicDocumentMaxAgeSeconds <= s.publicationLeadSeconds || stage === 'dev',
      'publicDocumentMaxAgeSeconds must not exceed publicationLeadSeconds',
    ],
    [
      s.rotationPeriodSeconds >= 2 * s.publicationLeadSeconds,
      'rotationPeriodSeconds must be at least twice publicationLeadSeconds',
    ],
    [
      stage === 'dev' || s.rotationPeriodSeconds >= keyRetirementSeconds(s),
      'rotationPeriodSeconds must not be shorter than the retirement of a key (longest token + ringHoldSeconds + skew)',
    ],
    [
      s.rotationPeriodSeconds % hour === 0 && s.rotationPeriodSeconds >= 4 * hour,
      'rotationPeriodSeconds must be whole hours, at least 4',
    ],
  ];
}
