import { Agent } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ordersAudience } from '../../infra/demo/orders-routes.ts';
import { ask } from '../support/ask.ts';
import { decisionLog } from '../support/decision-log.ts';
import { type DemoWorld, demoWorld } from '../support/demo-world.ts';
import { type Forgery, forgeries } from '../support/forged-tokens.ts';
import { ringOf } from '../support/ring-of.ts';
import { transplantedSignatures, vectorTokens } from '../support/transplanted-signatures.ts';

/** API Gateway takes no more of request line and headers together. */
const headBytesMax = 10_240;

const log = decisionLog();
const agent = new Agent({ keepAlive: true, maxSockets: 4 });

/** One token at one API: what the caller was told, and what was written down. */
interface Presented {
  readonly id: string;
  readonly expect: readonly string[];
  readonly status: number;
  readonly challenge: unknown;
  readonly body: string;
  /** `undefined` where nobody was asked. */
  readonly outcome: string | undefined;
}

interface Corpus {
  readonly generated: readonly Forgery[];
  readonly paddings: readonly Forgery[];
  readonly vectors: readonly Forgery[];
}

const apis = ['REST API', 'HTTP API'] as const;
type Api = (typeof apis)[number];

/** What each API answers to a bad credential: an HTTP API knows no 401 that an authorizer could ask for. */
const refused = { 'REST API': 401, 'HTTP API': 403 } as const;

let world: DemoWorld;
let corpus: Corpus;
let controls: Readonly<Record<Api, readonly Presented[]>>;
let bad: Readonly<Record<Api, readonly Presented[]>>;

beforeAll(async () => {
  // Nothing is replayed, so that every token is decided on.
  world = await demoWorld({ revocationLag: '0' }, { functionLog: log.take, environmentsMax: 3 });
  const target = {
    ring: ringOf(world.hosted),
    issuer: world.issuer,
    audience: ordersAudience,
    now: Math.floor(Date.now() / 1000),
    latenessSeconds: 25,
  };
  const named = (alg: string) => (one: Forgery) => ({ ...one, id: `${alg}: ${one.id}` });
  corpus = {
    generated: (['RS256', 'ES256'] as const).flatMap((alg) =>
      forgeries(alg, target).map(named(alg)),
    ),
    paddings: transplantedSignatures(target),
    vectors: vectorTokens,
  };
  const all = Object.values(corpus).flat().filter(isOnTheWire);
  const isControl = (one: Forgery) => one.expect.length === 0;
  controls = await presentTo('/whoami', all.filter(isControl));
  bad = await presentTo(
    '/orders',
    all.filter((one) => !isControl(one)),
  );
}, 60_000);

afterAll(async () => {
  agent.destroy();
  await world.stop();
});

async function presentTo(
  path: string,
  cases: readonly Forgery[],
): Promise<Readonly<Record<Api, readonly Presented[]>>> {
  const present = (url: string, idHeader: string): Promise<readonly Presented[]> =>
    Promise.all(
      cases.map(async ({ id, authorization, expect: reasons }) => {
        const headers = ['Authorization', Buffer.from(authorization).toString('latin1')];
        const reply = await ask(url, path, { headers }, { agent });
        const requestId = String(reply.headers[idHeader]);
        const isAsked = reply.status !== 431;
        const decision = isAsked ? await log.decided(requestId) : undefined;
        return {
          ...{ id, expect: reasons, status: reply.status },
          challenge: reply.headers['www-authenticate'],
          body: reply.text.replaceAll(requestId, ''),
          outcome: decision?.reason ?? decision?.outcome,
        };
      }),
    );
  const rest = await present(world.restApi, 'x-amzn-requestid');
  const http = await present(world.httpApi, 'apigw-requestid');
  return { 'REST API': rest, 'HTTP API': http };
}

/** Whether a header can hold a value: white space around it is not part of it (RFC 9110 §5.5), and a newline ends it. */
function isOnTheWire({ authorization }: Forgery): boolean {
  const value = Buffer.from(authorization).toString('latin1');
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(value) && value.trim() === value;
}

function isTooLarge({ authorization }: Pick<Forgery, 'authorization'>): boolean {
  return Buffer.byteLength(authorization) > headBytesMax - 100;
}

describe('bad tokens, signed with the keys of a hosted deployment wherever that is the harder case', () => {
  test('are many, and hardly any of them is lost on the way to a header', () => {
    const { generated, paddings, vectors } = corpus;
    const isBad = (one: Forgery) => one.expect.length > 0;
    expect(generated.filter(isBad).length).toBeGreaterThanOrEqual(500);
    expect(paddings.filter(isBad).length).toBeGreaterThanOrEqual(190);
    expect(vectors.length).toBeGreaterThanOrEqual(390);
    const ids = Object.values(corpus)
      .flat()
      .map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const lost = generated.filter((one) => !isOnTheWire(one)).map(({ id }) => id);
    expect(lost).toEqual(
      ['RS256', 'ES256'].flatMap((alg) => [
        `${alg}: a space at the end`,
        `${alg}: a newline at the end`,
        `${alg}: no token, a space`,
      ]),
    );
    expect([...paddings, ...vectors].filter((one) => !isOnTheWire(one))).toEqual([]);
  });

  describe.each(apis)('at a %s', (api) => {
    test('the good ones among them are let in, so that it is not everything that is refused', () => {
      expect(controls[api].length).toBeGreaterThanOrEqual(15);
      expect(controls[api].filter(({ outcome }) => outcome !== 'allow')).toEqual([]);
      // The authorizer allows for a clock that is a little off; `requirePrincipal` of the backend goes by `exp` alone.
      const isPastExp = ({ id }: Presented) => id.endsWith('expired within the skew');
      for (const one of controls[api]) {
        expect(one).toMatchObject({ status: isPastExp(one) ? 401 : 200 });
      }
    });

    test('each is refused, with the status of the API and for the right reason (RFC 8725 §3, RFC 9068 §4)', () => {
      const wrong = bad[api].filter(
        ({ status, outcome = '', expect: reasons }) =>
          status !== 431 && (status !== refused[api] || !reasons.includes(outcome)),
      );
      expect(wrong).toEqual([]);
    });

    test('what is larger than the gateway takes is refused by the gateway, and nothing else is', () => {
      const large = Object.values(corpus).flat().filter(isTooLarge);
      expect(bad[api].filter(({ status }) => status === 431).map(({ id }) => id)).toEqual(
        large.map(({ id }) => id),
      );
      expect(large.length).toBeGreaterThan(0);
    });

    test('all of them are told the same, to the byte', () => {
      const told = bad[api]
        .filter(({ status }) => status !== 431)
        .map(({ body, challenge }) => JSON.stringify([body, challenge]));
      expect([...new Set(told)]).toEqual([
        api === 'REST API'
          ? JSON.stringify([
              '{"error":"unauthorized","request_id":""}',
              'Bearer realm="orders", ApiKey realm="orders"',
            ])
          : JSON.stringify(['{"message":"Forbidden"}', null]),
      ]);
    });
  });
});
