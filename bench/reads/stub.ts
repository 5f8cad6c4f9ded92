import { createHmac, hash } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { toItem } from '../../functions/adapters/dynamodb/attributes.ts';
import { awsEnvironment } from '../measure/aws-environment.ts';
import { type Loopback, loopback, type ServerIdentity } from '../measure/loopback.ts';

/** What is read: nine attributes. */
export const item: Readonly<Record<string, unknown>> = {
  pk: 'CL#c7f3a1d0b2',
  v: 1,
  revision: 7,
  clientId: 'c7f3a1d0b2',
  name: 'Orders service',
  status: 'enabled',
  scope: ['orders:read', 'orders:write'],
  createdAt: 1_799_000_000,
  updatedAt: 1_799_000_000,
};

const answer = JSON.stringify({ Item: toItem(item) });

/** A table that answers whatever it is asked with the item, and looks at nothing: it should cost the reader nothing. */
export function readyTable(identity: ServerIdentity | undefined): Promise<Loopback> {
  return loopback((request, response) => {
    request.resume();
    request.once('end', () => response.end(answer));
  }, identity);
}

/** A table that gives the item to whoever asks for it with a true signature (SigV4), and to nobody else. */
export function strictTable(identity: ServerIdentity | undefined): Promise<Loopback> {
  return loopback(async (request, response) => {
    const body = await text(request);
    if (isSigned(request, body) && JSON.parse(body).Key?.pk?.S === item.pk) {
      response.end(answer);
    } else {
      response.statusCode = 400;
      response.end('{"__type":"InvalidSignatureException"}');
    }
  }, identity);
}

function isSigned({ method, url, headers }: IncomingMessage, body: string): boolean {
  const [, scope = '', names = '', signature] =
    /Credential=[^/]+\/(\S+), SignedHeaders=(\S+), Signature=(\S+)$/.exec(
      headers.authorization ?? '',
    ) ?? [];
  const needed = ['host', 'x-amz-date', 'x-amz-security-token', 'x-amz-target'];
  if (needed.some((name) => !names.split(';').includes(name))) return false;
  const lines = names.split(';').map((name) => `${name}:${headerOf(headers, name)}`);
  const canonical = [method, url, '', ...lines, '', names, hash('sha256', body, 'hex')];
  const hashed = hash('sha256', canonical.join('\n'), 'hex');
  const toSign = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, hashed].join('\n');
  let key: string | Buffer = `AWS4${awsEnvironment.AWS_SECRET_ACCESS_KEY}`;
  for (const part of scope.split('/')) key = createHmac('sha256', key).update(part).digest();
  return createHmac('sha256', key).update(toSign).digest('hex') === signature;
}

function headerOf(headers: IncomingHttpHeaders, name: string): string {
  return String(headers[name] ?? '').trim();
}
