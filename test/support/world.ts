import { memoryLastUse } from '../../functions/adapters/memory/last-use.ts';
import { memoryRegistry } from '../../functions/adapters/memory/registry.ts';
import { systemRandomness } from '../../functions/adapters/system/randomness.ts';
import type { AuditEvent } from '../../functions/core/audit.ts';
import type { Client } from '../../functions/core/clients/client.ts';
import { clientKind } from '../../functions/core/clients/client-record.ts';
import { digest } from '../../functions/core/digest.ts';
import type { KeyRing } from '../../functions/core/keys/key-ring.ts';
import type { LastUse } from '../../functions/core/ports/last-use.ts';
import type { Lookup } from '../../functions/core/ports/lookup.ts';
import type { SigningKeys } from '../../functions/core/ports/signing-keys.ts';
import type { RevocationFollower } from '../../functions/core/revocation/follow-revocations.ts';
import { tokenEndpoint } from '../../functions/endpoints/token/endpoint.ts';
import { grants } from '../../functions/endpoints/token/grants.ts';
import { httpEndpoint } from '../../functions/gateway/http-endpoint.ts';
import type { Endpoint } from '../../functions/gateway/message.ts';
import { httpEvent } from './events/http-endpoint.ts';
import { emptyLog } from './revocations.ts';
import { ring } from './ring.ts';

export const issuer = 'https://auth.example.com';
export const secret = 'kwcs_0123456789';
export const now = 1_800_000_000;

export const ordersClient: Client = {
  clientId: 'orders',
  name: 'Orders service',
  status: 'enabled',
  authenticationMethods: ['client_secret_basic', 'client_secret_post'],
  grantTypes: ['client_credentials'],
  scope: ['orders:read', 'orders:write'],
  defaultScope: ['orders:read'],
  resources: ['https://orders.example.com', 'https://billing.example.com'],
  defaultResource: 'https://orders.example.com',
  signingAlgorithm: 'RS256',
  secrets: [{ id: 's1', hash: digest(secret), hint: '6789', createdAt: now - 100 }],
  createdAt: now - 100,
  updatedAt: now - 100,
};

export interface WorldOptions {
  /** @default of a log that nobody has written to */
  readonly revocations?: RevocationFollower;
  readonly clients?: readonly Client[];
  readonly store?: Lookup<Client>;
  readonly keys?: SigningKeys;
  readonly lastUse?: LastUse;
}

export interface Answer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Record<string, unknown>;
  readonly text: string;
}

export interface World {
  readonly ring: KeyRing;
  readonly audit: AuditEvent[];
  readonly clock: { seconds: number };
  /** Sends a request to the token endpoint through the gateway adapter. */
  token(request: FormRequest): Promise<Answer>;
}

export interface FormRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: string;
  /** A form, or a body as it is. */
  readonly body?: Readonly<Record<string, string>> | string;
  readonly isBase64Encoded?: boolean;
}

/** The token endpoint over stores in memory and a clock that the test sets. */
export function world(options: WorldOptions = {}): World {
  const audit: AuditEvent[] = [];
  const clock = { seconds: now };
  const endpoint = tokenEndpoint({
    issuer,
    lifetimes: { accessTokenLifetimeSeconds: 900, accessTokenLifetimeMaxSeconds: 3_600 },
    clients: options.store ?? memoryRegistry(clientKind, options.clients ?? [ordersClient]),
    revocations: options.revocations ?? emptyLog(),
    lastUse: options.lastUse ?? memoryLastUse(),
    keys: options.keys ?? { current: async () => ring },
    grants,
    clock: { now: () => clock.seconds },
    randomness: systemRandomness,
    audit: { write: (event) => audit.push(event) },
  });
  return { ring, audit, clock, token: asked(endpoint, '/oauth2/token') };
}

/** Sends requests to an endpoint through the gateway adapter. */
export function asked(endpoint: Endpoint, path: string): (request: FormRequest) => Promise<Answer> {
  const handler = httpEndpoint(endpoint);
  return async ({ method = 'POST', headers = {}, query = '', body, isBase64Encoded = false }) => {
    const text = typeof body === 'object' ? new URLSearchParams({ ...body }).toString() : body;
    const contentType = { 'content-type': 'application/x-www-form-urlencoded' };
    const result = await handler(
      httpEvent({
        ...{ method, path, query, isBase64Encoded },
        headers: { ...contentType, ...headers },
        ...(text === undefined ? {} : { body: text }),
      }),
    );
    const answer = result.body ?? '';
    const isJson = result.headers?.['content-type'] === 'application/json';
    return {
      status: result.statusCode,
      headers: result.headers ?? {},
      body: isJson ? JSON.parse(answer) : {},
      text: answer,
    };
  };
}

export function basic(id: string = ordersClient.clientId, password: string = secret) {
  return { authorization: `Basic ${Buffer.from(`${id}:${password}`).toString('base64')}` };
}

export const clientCredentials = { grant_type: 'client_credentials' } as const;
