import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Obstacle, outcomes } from '../support/outcome-cases.ts';
import { type Findings, outcomeTables } from '../support/outcome-table.ts';
import { scriptOrigin } from '../support/outcomes-app.ts';
import {
  type OutcomesWorld,
  outcomesWorld,
  type Surface,
  surfaces,
  type Told,
} from '../support/outcomes-world.ts';

const file = join(import.meta.dirname, '..', '..', 'docs', 'outcomes.md');
const markers = /(?<=<!-- outcomes: [^\n]* -->\n).*(?=<!-- \/outcomes -->)/s;

let world: OutcomesWorld;
let findings: Findings;

beforeAll(async () => {
  world = await outcomesWorld();
  const found = new Map<string, Map<Surface, Told | Obstacle>>();
  // One after the other: a fault is for one request, and what is written down belongs to the request before it.
  for (const { name, at } of outcomes) {
    const row = new Map<Surface, Told | Obstacle>();
    for (const surface of surfaces) {
      const provoke = at(surface);
      row.set(surface, typeof provoke === 'string' ? provoke : await provoke(world, surface));
    }
    found.set(name, row);
  }
  findings = found;
}, 60_000);

afterAll(() => world.stop());

/** What was told at these surfaces, with the outcome. */
function told(...at: readonly Surface[]): readonly (Told & { readonly name: string })[] {
  return [...findings].flatMap(([name, row]) =>
    at.flatMap((surface) => {
      const cell = row.get(surface);
      return cell === undefined || typeof cell === 'string' ? [] : [{ ...cell, name }];
    }),
  );
}

const restSurfaces = ['REST, cached', 'REST, not cached', 'REST, TOKEN', 'mutual TLS'] as const;
const openToScripts = ['REST, cached', 'REST, not cached', 'mutual TLS'] as const;
const others = ['HTTP API, cached', 'HTTP API, not cached', 'WebSocket $connect'] as const;

const isRefusal = ({ status }: Told) => status !== undefined && status >= 400;
const names = (cells: readonly { readonly name: string }[]) => cells.map(({ name }) => name);

test('docs/outcomes.md says what the gateways answer', () => {
  const page = readFileSync(file, 'utf8');
  expect(page).toMatch(markers);
  const written = page.replace(markers, () => `\n${outcomeTables(findings)}\n\n`);
  if (process.env.UPDATE_DOCS === '1') writeFileSync(file, written);
  else expect(page).toBe(written);
});

describe('on a REST API', () => {
  test('a 401 has a challenge, and nothing else has one (RFC 9110 §11.6.1)', () => {
    for (const { name, status, headers } of told(...restSurfaces)) {
      const hasChallenge = headers['www-authenticate'] !== undefined;
      expect([name, hasChallenge]).toEqual([name, status === 401]);
    }
  });

  test('Basic is challenged for where the API says so, and resource_metadata is absolute (RFC 9728 §5.1)', () => {
    const challengesOf = (surface: Surface) => [
      ...new Set(told(surface).flatMap(({ headers }) => headers['www-authenticate'] ?? [])),
    ];
    expect(challengesOf('REST, not cached')).toEqual([
      'Bearer realm="outcomes", resource_metadata="https://outcomes.example/.well-known/oauth-protected-resource", ApiKey realm="outcomes", Basic realm="outcomes", charset="UTF-8"',
    ]);
    // The routes behind it accept Basic as well.
    expect(challengesOf('mutual TLS')).toEqual([
      'Bearer realm="outcomes", ApiKey realm="outcomes"',
    ]);
  });

  test('scripts of the named origin can read every refusal, and of an API that names none no refusal', () => {
    for (const { name, headers } of told(...openToScripts).filter(isRefusal)) {
      expect([name, headers]).toMatchObject([
        name,
        {
          'access-control-allow-origin': scriptOrigin,
          'access-control-expose-headers': 'WWW-Authenticate, Retry-After',
        },
      ]);
    }
    for (const { headers } of told('REST, TOKEN').filter(isRefusal)) {
      expect(headers).not.toHaveProperty('access-control-allow-origin');
    }
  });

  test('nobody may keep a refusal of an authorizer or a usage plan', () => {
    const refusals = told(...restSurfaces).filter(isRefusal);
    const kept = refusals.filter(({ headers }) => headers['cache-control'] !== 'no-store');
    expect(new Set(names(kept))).toEqual(new Set(['unknown route']));
  });

  test('what will pass soon says when to come back, and a used-up quota does not (RFC 9110 §10.2.3)', () => {
    const waiting = told(...restSurfaces).filter(({ headers }) => 'retry-after' in headers);
    expect(new Set(names(waiting))).toEqual(
      new Set(['usage plan: too fast', 'a table cannot be read']),
    );
  });

  test('with stepUpStatus 401 a step-up is a 401 with a challenge and its parameters (RFC 9470 §3)', async () => {
    const authorization = `Bearer ${world.token({ acr: undefined })}`;
    const api = 'StepUp';
    const step = await world.send('REST, not cached', { authorization, path: '/step-up', api });
    expect(step).toMatchObject({
      status: 401,
      headers: { 'www-authenticate': 'Bearer realm="outcomes", ApiKey realm="outcomes"' },
    });
    expect(JSON.parse(step.body)).toMatchObject({
      error: 'insufficient_user_authentication',
      acr_values: 'urn:example:mfa',
      max_age: '300',
    });
  });
});

test('an HTTP API and a WebSocket API send neither a challenge nor a time to come back', () => {
  for (const { headers } of told(...others)) {
    expect(headers).not.toHaveProperty('www-authenticate');
    expect(headers).not.toHaveProperty('retry-after');
  }
});

test.each(surfaces)(
  '%s tells nobody what is wrong with a credential: only the log knows',
  (surface) => {
    const isCredential = /^(?:malformed|two|another|token|API key|user|certificate|wrong audience)/;
    const refusals = told(surface).filter(
      (cell) => isRefusal(cell) && isCredential.test(cell.name) && cell.name !== 'no credential',
    );
    const answers = refusals.map(({ status, headers, body }) => {
      const request = /"request_id":"[^"]+"/;
      return JSON.stringify([status, headers['www-authenticate'], body.replace(request, '')]);
    });
    expect([...new Set(answers)]).toHaveLength(1);
    const reasons = new Set(refusals.map(({ decision }) => decision?.reason));
    expect(reasons.size).toBeGreaterThanOrEqual(5);
  },
);

test('what cannot be decided is never 401 or 403: 503 where that can be said, else 500', () => {
  const statusOf = (surface: Surface) =>
    told(surface).find(({ name }) => name === 'a table cannot be read')?.status;
  for (const surface of restSurfaces) expect([surface, statusOf(surface)]).toEqual([surface, 503]);
  for (const surface of others) expect([surface, statusOf(surface)]).toEqual([surface, 500]);
});
