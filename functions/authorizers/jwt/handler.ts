import { readFileSync } from 'node:fs';
import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEventV2 } from 'aws-lambda';
import { dynamoPublishedKeys } from '../../adapters/dynamodb/published-keys.ts';
import { dynamoReader } from '../../adapters/dynamodb/reader.ts';
import { httpsKeySetSource } from '../../adapters/https/key-set-source.ts';
import { jsonLog } from '../../adapters/log/json-log.ts';
import { systemClock } from '../../adapters/system/clock.ts';
import { systemRandomness } from '../../adapters/system/randomness.ts';
import { publishedIssuerKeys } from '../../core/published-issuer-keys.ts';
import { verifiedTokenCache } from '../../core/verified-token-cache.ts';
import { httpAnswer, httpAuthRequest, type SimpleAnswer } from '../../gateway/http-authorizer.ts';
import {
  type RestAuthorizerEvent,
  restAnswer,
  restAuthRequest,
} from '../../gateway/rest-authorizer.ts';
import { authorizer } from '../authorizer.ts';
import { jwtAuthenticator } from './authenticate.ts';
import { type BundledPolicy, fromEnv } from './config.ts';
import { issuerRules } from './issuers.ts';

const config = fromEnv(process.env);
const bundled = JSON.parse(
  readFileSync(new URL('./policy.json', import.meta.url), 'utf8'),
) as BundledPolicy;

const ownKeys = publishedIssuerKeys(
  dynamoPublishedKeys(dynamoReader({ env: process.env }), config.verificationTable),
  config.publishedKeysCacheSeconds,
);

const authorize = authorizer({
  routes: bundled.routes,
  authenticators: [
    jwtAuthenticator({
      issuers: issuerRules(config, ownKeys, bundled.trustedIssuers, httpsKeySetSource),
      cache: verifiedTokenCache(),
    }),
  ],
  clock: systemClock,
  randomness: systemRandomness,
  audit: jsonLog,
  stopwatch: () => performance.now(),
});

// The first request needs the keys anyway, and initialization has more CPU. A failure is the first request's to meet.
await ownKeys.find('', systemClock.now()).catch(() => undefined);

/** REST API REQUEST authorizer and HTTP API authorizer, payload 2.0 with simple responses. */
export const handler = async (
  event: RestAuthorizerEvent | APIGatewayRequestAuthorizerEventV2,
): Promise<APIGatewayAuthorizerResult | SimpleAnswer> => {
  if ('version' in event && event.version === '2.0') {
    const { decision, decisionId } = await authorize(httpAuthRequest(event));
    return httpAnswer(decision, decisionId);
  }
  if (event.type !== 'REQUEST' || !('methodArn' in event))
    throw new Error('an event of an unknown surface');
  const request = restAuthRequest(event);
  const { decision, decisionId } = await authorize(request);
  return restAnswer(decision, request, decisionId);
};
