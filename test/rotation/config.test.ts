import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InvalidEnvironment } from '../../functions/core/environment.ts';
import { fromEnv, toEnv } from '../../functions/rotation/config.ts';

const config = {
  ringSecret: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:ring-AbCdEf',
  verificationTable: 'verification',
  publicationLeadSeconds: 86_400,
  retirementSeconds: 90_060,
  macRetirementSeconds: 90_060,
  publishedKeysMax: 10,
  revocationPollSeconds: 5,
  accessTokenLifetimeMaxSeconds: 3_600,
};

test('what a deployment sets is what the function reads', () => {
  const seconds = fc.integer({ min: 1, max: 31_536_000 });
  const text = fc.string({ minLength: 1 });
  fc.assert(
    fc.property(
      fc.record({
        ringSecret: text,
        verificationTable: text,
        publicationLeadSeconds: seconds,
        retirementSeconds: seconds,
        macRetirementSeconds: seconds,
        publishedKeysMax: fc.integer({ min: 8, max: 100 }),
        revocationPollSeconds: fc.integer({ min: 1, max: 60 }),
        accessTokenLifetimeMaxSeconds: fc.integer({ min: 1, max: 86_400 }),
      }),
      (any) => {
        expect(fromEnv(toEnv(any))).toEqual(any);
      },
    ),
  );
});

test('an empty environment is refused with the name of every variable', () => {
  const names = Object.keys(toEnv(config));
  expect(names).toHaveLength(Object.keys(config).length);
  try {
    fromEnv({});
    expect.fail('nothing was thrown');
  } catch (error) {
    if (!(error instanceof InvalidEnvironment)) throw error;
    for (const name of names) expect(error.message).toContain(name);
  }
});

test.each([
  ['PUBLISHED_KEYS_MAX', '7'],
  ['PUBLISHED_KEYS_MAX', '101'],
  ['RETIREMENT_SECONDS', '0'],
  ['MAC_RETIREMENT_SECONDS', '-1'],
  ['PUBLICATION_LEAD_SECONDS', '1.5'],
  ['PUBLICATION_LEAD_SECONDS', ''],
  ['RING_SECRET', ''],
])('%s=%s is refused, and only that is named', (name, value) => {
  const environment = { ...toEnv(config), [name]: value };
  expect(() => fromEnv(environment)).toThrow(
    expect.objectContaining({ problems: [expect.stringContaining(name)] }),
  );
});
