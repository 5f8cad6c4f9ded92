import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Context } from 'aws-lambda';
import { clientOptions } from '../adapters/aws/client-options.ts';
import { dynamoCuts } from '../adapters/dynamodb/cuts.ts';
import { dynamoLastUses } from '../adapters/dynamodb/last-uses.ts';
import { dynamoPublishedKeys } from '../adapters/dynamodb/published-keys.ts';
import { dynamoQuery } from '../adapters/dynamodb/query.ts';
import { dynamoReader } from '../adapters/dynamodb/reader.ts';
import { dynamoRegistry } from '../adapters/dynamodb/registry.ts';
import { dynamoReportedPolls } from '../adapters/dynamodb/reported-polls.ts';
import {
  dynamoRevocationLog,
  dynamoRevocationWriter,
} from '../adapters/dynamodb/revocation-log.ts';
import { dynamoWriter } from '../adapters/dynamodb/writer.ts';
import { jsonLog } from '../adapters/log/json-log.ts';
import { systemClock } from '../adapters/system/clock.ts';
import { systemRandomness } from '../adapters/system/randomness.ts';
import { certificatePinKind } from '../core/certificates/certificate-pin.ts';
import { certificateRuleKind } from '../core/certificates/certificate-rule.ts';
import { revokedCertificateKind } from '../core/certificates/revoked-certificate.ts';
import { clientKind } from '../core/clients/client-record.ts';
import { apiKeyKind } from '../core/credentials/api-key-record.ts';
import { basicUserKind } from '../core/credentials/basic-user-record.ts';
import { revocationKeepSeconds, revocationWriteSeconds } from '../core/durations.ts';
import type { Registry } from '../core/ports/registry.ts';
import type { RecordKind } from '../core/records/record-kind.ts';
import { announcedRegistry } from '../core/revocation/announced-registry.ts';
import { cutOff } from '../core/revocation/cut-off.ts';
import { type RecorderPorts, revocationRecorder } from '../core/revocation/revocation-recorder.ts';
import { grants } from '../endpoints/token/grants.ts';
import { admin } from './admin.ts';
import type { AdminAnswer } from './commands.ts';
import { fromEnv } from './config.ts';

const config = fromEnv(process.env);

const dynamo = new DynamoDBClient(clientOptions);

const reader = dynamoReader({ env: process.env });
const query = dynamoQuery({ env: process.env });
const writer = dynamoWriter({ env: process.env, deadlineMs: 1_000 * revocationWriteSeconds });

const revocations: RecorderPorts = {
  log: dynamoRevocationWriter(writer, config.verificationTable),
  clock: systemClock,
  randomness: systemRandomness,
  keepSeconds: revocationKeepSeconds(config),
};
const recorder = revocationRecorder(revocations);
const cuts = dynamoCuts({ reader, writer, query }, config.verificationTable);

/** Records of one kind, every change of which is announced to whoever has one in memory. */
function registry<T>(kind: RecordKind<T>): Registry<T> {
  return announcedRegistry(dynamoRegistry(dynamo, config.clientsTable, kind), kind, recorder);
}

const run = admin({
  clients: registry(clientKind),
  apiKeys: registry(apiKeyKind),
  lastUses: dynamoLastUses(dynamo, config.countersTable),
  certificatePins: registry(certificatePinKind),
  certificateRules: registry(certificateRuleKind),
  revokedCertificates: registry(revokedCertificateKind),
  users: registry(basicUserKind),
  keys: dynamoPublishedKeys(reader, config.verificationTable),
  issuer: config.issuer,
  cuts,
  cutOff: cutOff({ ...revocations, cuts, revocationPollSeconds: config.revocationPollSeconds }),
  revocationLog: dynamoRevocationLog(query, config.verificationTable),
  revocationRecorder: recorder,
  reportedPolls: dynamoReportedPolls(dynamo, config.countersTable),
  revocationPollSeconds: config.revocationPollSeconds,
  revocationKeepSeconds: revocations.keepSeconds,
  randomness: systemRandomness,
  clock: systemClock,
  audit: jsonLog,
  limits: {
    grantTypes: grants.map(({ grantType }) => grantType),
    accessTokenLifetimeMaxSeconds: config.accessTokenLifetimeMaxSeconds,
  },
  apiKeyFormat: { prefix: config.apiKeyPrefix, environment: config.apiKeyEnvironment },
  defaultResource: config.defaultResource,
  publicationLeadSeconds: config.publicationLeadSeconds,
  publishedKeysMax: config.publishedKeysMax,
});

/** Operator commands; whoever IAM lets invoke it is an operator. */
export const handler = (event: unknown, context: Context): Promise<AdminAnswer> =>
  run(event, context.awsRequestId);
