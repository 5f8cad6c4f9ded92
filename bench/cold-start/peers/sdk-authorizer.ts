import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { createLocalJWKSet, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { peerHandler } from '../../peers/peer-handler.ts';

const { ISSUER: issuer = '', AUDIENCE: audience = '', VERIFICATION_TABLE = '' } = process.env;
const dynamo = new DynamoDBClient({});
const options = { issuer, audience, algorithms: ['RS256'], typ: 'at+jwt' };
let keys: JWTVerifyGetKey | undefined;

/** Keys out of a table by the SDK, tokens by jose. */
export const handler: ReturnType<typeof peerHandler> = peerHandler(async (token) => {
  keys ??= await read();
  return (await jwtVerify(token, keys, options)).payload;
});

async function read(): Promise<JWTVerifyGetKey> {
  const { Item } = await dynamo.send(
    new GetItemCommand({
      TableName: VERIFICATION_TABLE,
      Key: { pk: { S: 'KEYS' } },
      ConsistentRead: true,
    }),
  );
  return createLocalJWKSet(JSON.parse(Item?.doc?.S ?? ''));
}
