import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sigv4 } from '../../functions/adapters/aws/sigv4.ts';

const word = fc.stringMatching(/^[A-Za-z0-9/+=]{1,40}$/);

test('our signature is the one of the AWS SDK, for any body, date, region, credentials and host', async () => {
  const sign = sigv4();
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        body: fc.oneof(fc.string({ unit: 'grapheme', maxLength: 300 }), fc.json()),
        date: fc.date({
          min: new Date('2020-01-01'),
          max: new Date('2040-01-01'),
          noInvalidDate: true,
        }),
        region: fc.constantFrom('us-east-1', 'eu-central-1', 'cn-north-1'),
        accessKeyId: word,
        secretAccessKey: word,
        sessionToken: fc.option(word, { nil: undefined }),
        host: fc.constantFrom(
          'dynamodb.us-east-1.amazonaws.com',
          'dynamodb.cn-north-1.amazonaws.com.cn',
          '127.0.0.1:8791',
          '[::1]:8791',
        ),
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

test('a key is derived anew for another day, region, service or secret, and is the same when they return', () => {
  const sign = sigv4();
  const request = { host: 'h', target: 't', contentType: 'c', body: '' };
  const one = {
    accessKeyId: 'id',
    secretAccessKey: 'one',
    region: 'eu-west-1',
    service: 'dynamodb',
    amzDate: '20261124T235959Z',
  };
  const contexts = [
    one,
    { ...one, secretAccessKey: 'two' },
    { ...one, amzDate: '20261125T000000Z' },
    { ...one, region: 'eu-west-2' },
    { ...one, service: 'secretsmanager' },
  ];
  const fresh = contexts.map((context) => sigv4()(request, context));
  expect(new Set(fresh.map(({ authorization }) => authorization)).size).toBe(contexts.length);
  for (let i = 0; i < contexts.length; i += 1) {
    for (let j = 0; j < contexts.length; j += 1) {
      for (const k of [i, j]) expect(sign(request, contexts[k] ?? one)).toEqual(fresh[k]);
    }
  }
});
