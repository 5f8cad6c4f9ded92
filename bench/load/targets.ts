import type { Ready } from '../../local/ready.ts';
import { basic } from '../decisions/credentials.ts';
import type { LoadRequest, LoadTarget } from '../measure/under-load.ts';
import type { Runner, Server } from './servers.ts';

/** What is asked under load. */
export interface Target extends LoadTarget {
  /** What it is shown with. */
  readonly group: 'REST API' | 'HTTP API' | 'issuer' | 'floor';
}

/** How many requests tell whether the gateway replays answers. */
const controlRequests = 20;

export const floorName = 'node:http, a constant';

/**
 * Everything that is measured. Throws where it does not answer as it must: strangers are refused, the gateway with a cache asks
 * its authorizer once, and the one without each time.
 *
 * @param replaying a runner whose gateway caches what its authorizer answers
 * @param asking one whose gateway does not
 */
export async function targets(
  bare: Server<{ readonly url: string }>,
  replaying: Runner,
  asking: Runner,
): Promise<readonly Target[]> {
  const floor: Target = {
    ...{ name: floorName, group: 'floor', pid: bare.pid },
    request: get(bare.facts.url),
  };
  const issuer: readonly Target[] = [
    { name: 'JWK Set', request: get(`${origin(replaying.facts)}/.well-known/jwks.json`) },
    { name: 'token endpoint', request: tokenRequest(replaying.facts) },
  ].map((one) => ({ ...one, group: 'issuer', pid: replaying.pid }));
  // One after the other: decisions are counted, and both share an authorizer.
  const rest = await apiTargets('REST API', 'rest_api', replaying, asking);
  const http = await apiTargets('HTTP API', 'http_api', replaying, asking);
  const all = [floor, ...issuer, ...rest, ...http];
  for (const { name, request } of all) await expectStatus(name, request, 200);
  return all;
}

async function apiTargets(
  group: 'REST API' | 'HTTP API',
  api: 'rest_api' | 'http_api',
  replaying: Runner,
  asking: Runner,
): Promise<readonly Target[]> {
  const of = async (runner: Runner, name: string): Promise<Target> => {
    const url = `${runner.facts[api]}/orders`;
    const bearer = `Bearer ${await accessToken(runner.facts)}`;
    const forged = get(url, { authorization: `${bearer.slice(0, -8)}AAAAAAAA` });
    // What an authorizer refuses is a 403 on an HTTP API; whom it is asked about, the cache's key decides.
    for (const stranger of [get(url), forged]) await expectStatus(name, stranger, 401, 403);
    const request = get(url, { authorization: bearer });
    return { ...{ name: `${group}, ${name}`, group, pid: runner.pid }, request };
  };
  const replayed = await of(replaying, 'protected, answer from the cache');
  const asked = await of(asking, 'protected, authorizer asked');
  await expectDecisions(replayed, replaying, 1);
  await expectDecisions(asked, asking, controlRequests);
  const open = get(`${replaying.facts[api]}/healthz`);
  return [
    { ...{ name: `${group}, no authorizer`, group, pid: replaying.pid }, request: open },
    replayed,
    asked,
  ];
}

async function expectDecisions(
  { name, request }: Target,
  runner: Runner,
  expected: number,
): Promise<void> {
  const before = runner.decisions();
  for (let i = 0; i < controlRequests; i += 1) await expectStatus(name, request, 200);
  // What a function writes arrives after its answer.
  for (let look = 0; look < 100 && runner.decisions() < before + expected; look += 1) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const made = runner.decisions() - before;
  if (made !== expected) {
    throw new Error(`${name}: ${made} decisions for ${controlRequests} requests`);
  }
}

async function expectStatus(
  name: string,
  { url, ...request }: LoadRequest,
  ...expected: readonly number[]
): Promise<string> {
  const response = await fetch(url, request);
  if (!expected.includes(response.status)) throw new Error(`${name}: ${response.status}`);
  return response.text();
}

async function accessToken(facts: Ready): Promise<string> {
  const answer = await expectStatus('the token endpoint', tokenRequest(facts), 200);
  const { access_token } = JSON.parse(answer) as { readonly access_token: string };
  return access_token;
}

function tokenRequest(facts: Ready): LoadRequest {
  return {
    ...{ url: facts.token_endpoint ?? '', method: 'POST' },
    headers: {
      authorization: basic(facts.client_id ?? '', facts.client_secret ?? ''),
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: 'grant_type=client_credentials',
  };
}

function get(url: string, headers: Readonly<Record<string, string>> = {}): LoadRequest {
  return { url, method: 'GET', headers };
}

function origin({ token_endpoint }: Ready): string {
  return new URL(token_endpoint ?? '').origin;
}
