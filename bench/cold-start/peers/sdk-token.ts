import { createHash, timingSafeEqual } from 'node:crypto';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { importJWK, SignJWT } from 'jose';

const { ISSUER: issuer = '', AUDIENCE: audience = '', CLIENTS_TABLE = '' } = process.env;
const dynamo = new DynamoDBClient({});
const secrets = new SecretsManagerClient({});
let key: Promise<SigningKey> | undefined;

interface SigningKey {
  readonly kid: string;
  readonly key: Awaited<ReturnType<typeof importJWK>>;
}

/** Client credentials with the SDK and jose: the client out of a table, the key out of a secret. */
export const handler = async (event: APIGatewayProxyEventV2): Promise<object> => {
  const form = new URLSearchParams(event.body);
  key ??= signingKey();
  const clientId = form.get('client_id') ?? '';
  const scope = await scopeOf(clientId, form.get('client_secret') ?? '');
  if (scope === undefined) return { statusCode: 401, body: '{"error":"invalid_client"}' };
  const { kid, key: signer } = await key;
  const token = await new SignJWT({ client_id: clientId, scope })
    .setProtectedHeader({ alg: 'RS256', kid, typ: 'at+jwt' })
    .setIssuer(issuer)
    .setSubject(clientId)
    .setAudience(audience)
    .setIssuedAt()
    .setExpirationTime('15m')
    .setJti(crypto.randomUUID())
    .sign(signer);
  const body = JSON.stringify({ access_token: token, token_type: 'Bearer', expires_in: 900 });
  return { statusCode: 200, headers: { 'content-type': 'application/json' }, body };
};

async function signingKey(): Promise<SigningKey> {
  const { SecretString = '' } = await secrets.send(new GetSecretValueCommand({ SecretId: 'key' }));
  const jwk = JSON.parse(SecretString);
  return { kid: jwk.kid, key: await importJWK(jwk, 'RS256') };
}

async function scopeOf(clientId: string, secret: string): Promise<string | undefined> {
  const { Item } = await dynamo.send(
    new GetItemCommand({
      TableName: CLIENTS_TABLE,
      Key: { pk: { S: `PEER#${clientId}` } },
      ConsistentRead: true,
    }),
  );
  const expected = Buffer.from(Item?.hash?.S ?? '', 'base64url');
  const given = createHash('sha256').update(secret).digest();
  const isRight = expected.byteLength === given.byteLength && timingSafeEqual(expected, given);
  return isRight ? Item?.scope?.S : undefined;
}
