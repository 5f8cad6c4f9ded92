import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromItem, toItem } from '../../functions/adapters/dynamodb/attributes.ts';
import { sigv4 } from '../../functions/adapters/dynamodb/sigv4.ts';

const word = fc.stringMatching(/^[A-Za-z0-9/+=]{1,40}$/);

test('our signature is the one of the AWS SDK, for any body, date, region, credentials and host', async () => {
  const sign = sigv4();
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        body: fc.string({ unit: 'grapheme', maxLength: 300 }),
        date: fc.date({
          min: new Date('2020-01-01'),
          max: new Date('2040-01-01'),
          noInvalidDate: true,
        }),
        region: fc.constantFrom('us-east-1', 'eu-central-1', 'cn-north-1'),
        accessKeyId: word,
        secretAccessKey: word,
        sessionToken: fc.option(word, { nil: undefined }),
        host: fc.constantFrom('dynamodb.us-east-1.amazonaws.com', '127.0.0.1:8791'),
        target: fc.constantFrom('DynamoDB_20120810.GetItem', 'DynamoDB_20120810.Query'),
      }),
      async ({ body, date, region, accessKeyId, secretAccessKey, sessionToken, host, target }) => {
        const token = sessionToken === undefined ? {} : { sessionToken };
        const theirs = await new SignatureV4({
          service: 'dynamodb',
          region,
          sha256: Sha256,
          credentials: { accessKeyId, secretAccessKey, ...token },
          applyChecksum: false,
        }).sign(
          {
            method: 'POST',
            protocol: 'https:',
            hostname: host,
            path: '/',
            query: {},
            headers: { host, 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': target },
            body,
          },
          { signingDate: date },
        );
        const ours = sign(
          { host, target, contentType: 'application/x-amz-json-1.0', body },
          {
            accessKeyId,
            secretAccessKey,
            ...token,
            region,
            service: 'dynamodb',
            amzDate: date.toISOString().replace(/[:-]|\.\d{3}/g, ''),
          },
        );
        expect(ours.authorization).toBe(theirs.headers.authorization);
        expect(ours['x-amz-date']).toBe(theirs.headers['x-amz-date']);
      },
    ),
    { numRuns: 150 },
  );
});

test('what is stored is what is read, for every value that an item of ours can hold', () => {
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('any'), { maxLength: 3 }),
      fc.dictionary(fc.string({ minLength: 1 }), tie('any'), { maxKeys: 3 }),
    ),
  })).any;
  fc.assert(
    fc.property(fc.dictionary(fc.string({ minLength: 1 }), value), (record) => {
      expect(JSON.stringify(fromItem(toItem(record)))).toBe(JSON.stringify(record));
    }),
  );
});

test.each([{ B: 'AA==' }, { SS: ['a'] }, { X: 1 }, {}, { S: 'a', N: '1' }])(
  'an attribute %j is refused',
  (attribute) => {
    expect(() => fromItem({ a: attribute })).toThrow(TypeError);
  },
);
