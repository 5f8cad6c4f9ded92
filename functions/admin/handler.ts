import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Context } from 'aws-lambda';
import { clientOptions } from '../adapters/aws/client-options.ts';
import { dynamoLastUses } from '../adapters/dynamodb/last-uses.ts';
import { dynamoPublishedKeys } from '../adapters/dynamodb/published-keys.ts';
import { dynamoReader } from '../adapters/dynamodb/reader.ts';
import { dynamoRegistry } from '../adapters/dynamodb/registry.ts';
import { jsonLog } from '../adapters/log/json-log.ts';
import { systemClock } from '../adapters/system/clock.ts';
import { systemRandomness } from '../adapters/system/randomness.ts';
import { certificatePinKind } from '../core/certificates/certificate-pin.ts';
import { certificateRuleKind } from '../core/certificates/certificate-rule.ts';
import { revokedCertificateKind } from '../core/certificates/revoked-certificate.ts';
import { clientKind } from '../core/clients/client-record.ts';
import { apiKeyKind } from '../core/credentials/api-key-record.ts';
import { basicUserKind } from '../core/credentials/basic-user-record.ts';
import { grants } from '../endpoints/token/grants.ts';
import { admin } from './admin.ts';
import type { AdminAnswer } from './commands.ts';
import { fromEnv } from './config.ts';

const config = fromEnv(process.env);

const dynamo = new DynamoDBClient(clientOptions);

const run = admin({
  clients: dynamoRegistry(dynamo, config.clientsTable, clientKind),
  apiKeys: dynamoRegistry(dynamo, config.clientsTable, apiKeyKind),
  lastUses: dynamoLastUses(dynamo, config.countersTable),
  certificatePins: dynamoRegistry(dynamo, config.clientsTable, certificatePinKind),
  certificateRules: dynamoRegistry(dynamo, config.clientsTable, certificateRuleKind),
  revokedCertificates: dynamoRegistry(dynamo, config.clientsTable, revokedCertificateKind),
  users: dynamoRegistry(dynamo, config.clientsTable, basicUserKind),
  keys: dynamoPublishedKeys(dynamoReader({ env: process.env }), config.verificationTable),
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
