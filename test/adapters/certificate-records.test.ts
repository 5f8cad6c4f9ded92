import {
  CreateTableCommand,
  DynamoDBClient,
  ScanCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { afterAll, describe, expect, test } from 'vitest';
import { clientOptions } from '../../functions/adapters/aws/client-options.ts';
import { dynamoRegistry } from '../../functions/adapters/dynamodb/registry.ts';
import { certificatePinKind } from '../../functions/core/certificates/certificate-pin.ts';
import { certificateRuleKind } from '../../functions/core/certificates/certificate-rule.ts';
import { parseCertificate } from '../../functions/core/certificates/client-certificate.ts';
import { revokedCertificateKind } from '../../functions/core/certificates/revoked-certificate.ts';
import { awsWorld } from '../local/support/aws-world.ts';
import { certificateGate } from '../support/certificate-gate.ts';
import { certificateAuthority } from '../support/certificates.ts';

const aws = await awsWorld();
const dynamo = new DynamoDBClient({ ...clientOptions, ...aws.clientConfig() });
afterAll(async () => {
  dynamo.destroy();
  await aws.stop();
});

describe('certificates in DynamoDB', () => {
  test('what the table holds is public: what a certificate says, and whom it stands for', async () => {
    const table = 'clients';
    await dynamo.send(
      new CreateTableCommand({
        TableName: table,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      }),
    );
    await waitUntilTableExists(
      { client: dynamo, minDelay: 1, maxWaitTime: 10 },
      { TableName: table },
    );
    const { done, refusal, enter } = certificateGate({
      certificatePins: dynamoRegistry(dynamo, table, certificatePinKind),
      certificateRules: dynamoRegistry(dynamo, table, certificateRuleKind),
      revokedCertificates: dynamoRegistry(dynamo, table, revokedCertificateKind),
    });
    const authority = await certificateAuthority();
    const pinned = await authority.issue({ commonName: 'pinned' });
    const ruled = await authority.issue({ commonName: 'x', sans: { dns: ['orders.example'] } });
    const add = { command: 'certificates.add' };
    const both = pinned.certificatePem + pinned.privateKeyPem;
    expect(await refusal({ ...add, certificate: both })).toMatch(/^invalid_request/);
    expect(await refusal({ ...add, certificate: pinned.privateKeyPem })).toMatch(
      /^invalid_request/,
    );
    await done({ ...add, certificate: pinned.certificatePem });
    await done({ ...add, issuer: authority.certificatePem, san: 'dns:orders.example' });
    expect(await enter(pinned.certificatePem)).toBe('allow');
    expect(await enter(ruled.certificatePem)).toBe('allow');
    await done({ command: 'certificates.revoke', certificate: ruled.certificatePem });
    const { serialNumber } = facts(pinned.certificatePem);
    const bySerial = { issuer: authority.certificatePem, serial: serialNumber };
    await done({ command: 'certificates.revoke', ...bySerial });
    expect(await done({ command: 'certificates.revocations' })).toHaveLength(2);
    expect(await enter(ruled.certificatePem, { route: 'GET /strict' })).toBe('cert_revoked');

    const { Items: items = [] } = await dynamo.send(new ScanCommand({ TableName: table }));
    const text = JSON.stringify(items);
    const { x5tS256 } = facts(pinned.certificatePem);
    const keys = items.map(({ pk }) => pk?.S);
    expect(keys).toHaveLength(4);
    expect(keys).toEqual(
      expect.arrayContaining([
        `CP#${x5tS256}`,
        'CR#dns:orders.example',
        expect.stringMatching(/^CX#[\w-]{43}#[0-9A-F]+$/),
        `CX#tbs#${facts(ruled.certificatePem).tbsSha256}`,
      ]),
    );
    expect(text).not.toContain('PRIVATE');
    for (const { privateKeyPem } of [pinned, ruled]) {
      const lines = privateKeyPem.split('\n').filter((line) => line !== '' && !line.includes('-'));
      for (const line of lines) expect(text).not.toContain(line);
    }
    const members = new Set(items.flatMap((item) => Object.keys(item)));
    expect([...members].sort()).toEqual([
      ...['addresses', 'certificate', 'certificateId', 'createdAt', 'issuer', 'issuerSpki'],
      ...['issuers', 'name', 'notAfter', 'owner', 'pk', 'resources', 'revision', 'revokedAt'],
      ...['scope', 'serialNumber', 'status', 'subject', 'tbsSha256', 'updatedAt', 'v', 'writeId'],
    ]);
  });
});

function facts(pem: string) {
  const parsed = parseCertificate(pem);
  if (!parsed.ok) throw new Error('not a certificate');
  return parsed.value;
}
