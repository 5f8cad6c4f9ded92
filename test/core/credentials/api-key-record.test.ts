import { describe, expect, test } from 'vitest';
import {
  type ApiKey,
  apiKeyKind,
  brokenApiKeyRule,
} from '../../../functions/core/credentials/api-key-record.ts';
import { recordInItem } from '../../../functions/core/records/record-kind.ts';
import { apiKeySamples } from '../../contracts/registry.ts';

const [key] = apiKeySamples.records;
const item = { ...key, pk: `AK#${key.keyId}`, v: 1, revision: 3, writeId: 'w', secret: 'sesame' };

test('of an item only what belongs to an API key is read', () => {
  expect(recordInItem(apiKeyKind, item)).toStrictEqual(key);
});

const texts = ['name', 'start', 'hash', 'replacedBy', 'usagePlanKey', 'owner', 'tier'];
const times = ['graceUntil', 'expiresAt', 'createdAt', 'updatedAt'];
const lists = ['scope', 'resources', 'addresses'];
const wrong: readonly (readonly [string, unknown])[] = [
  ['keyId', 7],
  ['status', 'on'],
  ...texts.map((name) => [name, 7] as const),
  ...times.flatMap((name) => ['7', -1, 1.5].map((value) => [name, value] as const)),
  ...lists.flatMap((name) => ['a', [1]].map((value) => [name, value] as const)),
];
test.each(wrong)('a record with %s = %j is broken, and no value is told', (name, value) => {
  expect(() => recordInItem(apiKeyKind, { ...item, [name]: value })).toThrow(
    `a key record with a broken ${name}`,
  );
});

test.each(['', 'h1', 'A'.repeat(42), 'A'.repeat(44), `${'A'.repeat(42)}=`, 'f'.repeat(64)])(
  'a hash that no key can have is a broken record: %j',
  (hash) => {
    expect(() => recordInItem(apiKeyKind, { ...item, hash })).toThrow(
      'a key record with a broken hash',
    );
  },
);

test.each(['keyId', 'name', 'start', 'hash', 'owner', 'scope', 'resources', 'status', 'addresses'])(
  'a record without %s is broken',
  (name) => {
    const { [name as keyof typeof item]: _, ...rest } = item;
    expect(() => recordInItem(apiKeyKind, rest)).toThrow('broken');
  },
);

test('a record under the key of another one, or of another schema, is not read', () => {
  expect(() => recordInItem(apiKeyKind, { ...item, pk: 'AK#other' })).toThrow('foreign key');
  expect(() => recordInItem(apiKeyKind, { ...item, v: 2 })).toThrow('another schema');
});

describe('what an operator may write', () => {
  test('holds for a good key', () => {
    for (const record of apiKeySamples.records) expect(brokenApiKeyRule(record)).toBeUndefined();
  });

  const broken: readonly (readonly [Partial<ApiKey>, string])[] = [
    [{ keyId: 'short' }, 'key_id'],
    [{ name: '' }, 'name'],
    [{ name: 'a\u001b[2J' }, 'name'],
    [{ name: 'x'.repeat(101) }, 'name'],
    [{ usagePlanKey: 'x'.repeat(19) }, 'usage_plan_key'],
    [{ usagePlanKey: 'x'.repeat(129) }, 'usage_plan_key'],
    [{ usagePlanKey: `${'x'.repeat(20)} ` }, 'usage_plan_key'],
    [{ owner: '' }, 'owner'],
    [{ addresses: ['10.0.0.0/33'] }, 'addresses'],
    [{ resources: [] }, 'resources'],
  ];
  test.each(broken)('does not hold for one with %j', (members, named) => {
    expect(brokenApiKeyRule({ ...key, ...members })).toMatch(new RegExp(`^${named} `));
  });
});
