import { jwtVerify } from 'jose';
import { httpEvent } from '../../test/support/events/http-endpoint.ts';
import { basic, mistyped } from '../decisions/credentials.ts';
import { type Presented, restEvents } from '../decisions/events.ts';
import type { StartWorld } from './world.ts';

export type Scheme = 'http' | 'https';

/** A handler that is started, and how it is told that it started well. */
export interface Start {
  readonly name: string;
  /** Its bundle. */
  readonly file: string;
  readonly schemes: readonly Scheme[];
  /** Two events, each with a credential that no other has where there is more than one. */
  readonly events: () => readonly [object, object];
  /** Whether an answer is the right one to such an event. */
  readonly isRight: (answer: unknown) => boolean | Promise<boolean>;
  /** One that must have another answer. Absent: nothing that is asked is refused. */
  readonly refused?: object;
}

type Unbuilt = Omit<Start, 'file'>;

const both: readonly Scheme[] = ['http', 'https'];

export interface Deployment {
  readonly world: StartWorld;
  /** The bundle of that name. */
  fileOf(name: string): string;
}

/** Bundles of ours, as they are deployed. */
export function ours({ world, fileOf }: Deployment): readonly Start[] {
  const { apiKey, password, certificates } = world.decisions;
  const authorizers: readonly Authorizer[] = [
    bearer('jwt-authorizer', world),
    bearer('combined-authorizer', world),
    {
      ...{ name: 'api-key-authorizer', route: 'GET /orders' },
      good: () => ({ authorization: `ApiKey ${apiKey}` }),
      bad: { authorization: `ApiKey ${mistyped(apiKey)}` },
    },
    // A program, whose password is no more than hashed: argon2id is measured elsewhere.
    {
      ...{ name: 'basic-authorizer', route: 'GET /whoami' },
      good: () => ({ authorization: basic('program', password) }),
      bad: { authorization: basic('program', `${password}!`) },
    },
    {
      ...{ name: 'mtls-authorizer', route: 'GET /partners/me' },
      good: () => ({ certificatePem: certificates.pinned }),
      bad: {},
    },
  ];
  return [
    ...authorizers.map(authorizer),
    tokenStart('token', world),
    formStart(
      'introspect',
      world,
      isOf(({ active }) => active === true),
    ),
    formStart(
      'revoke',
      world,
      isOf(() => true),
    ),
    document('jwks', 'keys'),
    document('metadata', 'issuer'),
  ].map((start) => ({ ...start, file: fileOf(start.name) }));
}

/** What else is started beside them. */
export function peers({ world, fileOf }: Deployment): readonly Start[] {
  const empty: Unbuilt = {
    ...{ name: 'empty', schemes: both },
    events: () => [{}, {}],
    isRight: () => true,
  };
  const authorizers = [
    { name: 'tutorial' },
    { name: 'jose' },
    // It fetches over https alone.
    { name: 'aws-jwt-verify', schemes: ['https'] as const },
    { name: 'sdk-authorizer' },
    { name: 'sdk-authorizer, slim' },
  ].map(({ name, schemes = both }) => ({
    ...authorizer(bearer(name, world)),
    schemes,
  }));
  const tokens = ['sdk-token', 'sdk-token, slim'].map((name) => tokenStart(name, world));
  const all: readonly Unbuilt[] = [empty, ...authorizers, ...tokens];
  return all.map((start) => ({ ...start, file: fileOf(start.name) }));
}

interface Authorizer {
  readonly name: string;
  readonly route: string;
  readonly good: () => Presented;
  readonly bad: Presented;
}

function bearer(name: string, { tokens }: StartWorld): Authorizer {
  return {
    ...{ name, route: 'GET /orders' },
    good: () => ({ authorization: `Bearer ${tokens.token('RS256')}` }),
    bad: { authorization: `Bearer ${tokens.flawed('RS256', 'signature')}` },
  };
}

function authorizer({ name, route, good, bad }: Authorizer): Unbuilt {
  const event = (presented: Presented): object => restEvents(route, () => presented)();
  return {
    ...{ name, schemes: both, isRight: isAllowed },
    events: () => [event(good()), event(good())],
    refused: event(bad),
  };
}

function isAllowed(answer: unknown): boolean {
  const { policyDocument } = answer as { policyDocument?: { Statement: { Effect: string }[] } };
  return policyDocument?.Statement[0]?.Effect === 'Allow';
}

function tokenStart(name: string, world: StartWorld): Unbuilt {
  const { issuer, audience, publicKey } = world.tokens;
  const options = { issuer, audience, algorithms: ['RS256'], typ: 'at+jwt' };
  return {
    ...{ name, schemes: both },
    ...formEvents('token', world, () => ({ grant_type: 'client_credentials' })),
    async isRight(answer) {
      const { access_token } = answered(answer);
      if (typeof access_token !== 'string') return false;
      await jwtVerify(access_token, publicKey('RS256'), options);
      return true;
    },
  };
}

function formStart(
  name: 'introspect' | 'revoke',
  world: StartWorld,
  isRight: Start['isRight'],
): Unbuilt {
  return {
    ...{ name, isRight, schemes: both },
    ...formEvents(name, world, () => ({ token: world.tokens.token('RS256') })),
  };
}

/** Forms of a client, and one with a secret that is not its own. */
function formEvents(
  name: string,
  { clientId, clientSecret }: StartWorld,
  form: () => Readonly<Record<string, string>>,
): Pick<Start, 'events' | 'refused'> {
  const event = (secret: string): object =>
    httpEvent({
      ...{ method: 'POST', path: `/oauth2/${name}` },
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `${new URLSearchParams({ ...form(), client_id: clientId, client_secret: secret })}`,
    });
  return {
    events: () => [event(clientSecret), event(clientSecret)],
    refused: event(`${clientSecret}x`),
  };
}

function document(name: 'jwks' | 'metadata', member: string): Unbuilt {
  const files = { jwks: 'jwks.json', metadata: 'oauth-authorization-server' };
  const event = httpEvent({ method: 'GET', path: `/.well-known/${files[name]}` });
  return {
    ...{ name, schemes: name === 'jwks' ? both : ['http'] },
    events: () => [event, event],
    isRight: isOf((body) => body[member] !== undefined),
    refused: httpEvent({ method: 'DELETE', path: event.rawPath }),
  };
}

function isOf(test: (body: Readonly<Record<string, unknown>>) => boolean): Start['isRight'] {
  return (answer) => {
    const { statusCode } = answer as { statusCode?: number };
    return statusCode === 200 && test(answered(answer));
  };
}

function answered(answer: unknown): Readonly<Record<string, unknown>> {
  const { statusCode, body } = answer as { statusCode?: number; body?: string };
  return statusCode === 200 && body ? JSON.parse(body) : {};
}
