import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { handle } from 'hono/aws-lambda';
import { type Algorithm, algorithms } from '../../functions/core/tokens/algorithm.ts';
import { httpEvent } from '../../test/support/events/http-endpoint.ts';
import { activeKey } from '../../test/support/ring.ts';
import { basic } from '../decisions/credentials.ts';
import { same } from '../decisions/events.ts';
import { asynchronous } from '../decisions/operations.ts';
import type { CheckingContender } from '../measure/here.ts';
import { unwritten } from '../measure/unwritten.ts';
import { type App, honoJose, openAuth } from './apps.ts';
import { assertSound, type Candidate, everything, keySetOf } from './controls.ts';
import { noStore, peerEndpoint } from './peer-endpoint.ts';
import { signingLibraries } from './signing-libraries.ts';
import { type IssuingWorld, tokenForm } from './world.ts';

export type TokenHandler = (
  event: APIGatewayProxyEventV2,
) => Promise<APIGatewayProxyStructuredResultV2>;

/** A token function behind an HTTP API. */
interface Hosted extends Omit<Candidate, 'ask'> {
  readonly handler: TokenHandler;
  readonly path: string;
  readonly extra: Readonly<Record<string, string>>;
}

/**
 * Token functions, an event of an HTTP API in and an answer out, by ours and by what people use instead. Whoever fails a
 * control throws.
 *
 * @param ours the bundle as it is deployed
 */
export async function endpoints(
  world: IssuingWorld,
  ours: TokenHandler,
): Promise<readonly CheckingContender[]> {
  const openauth = openAuth(world);
  const theirs: Hosted[] = [onHono('OpenAuth on hono', 'ES256', openauth)];
  const own: Hosted[] = [];
  for (const alg of algorithms) {
    const usual = { alg, ...everything, keySet: async () => keySetOf(world) };
    own.push({ ...usual, name: 'keyward', handler: ours, path: '/oauth2/token', extra: {} });
    for (const library of ['jose', 'fast-jwt'] as const) {
      const sign = await signingLibraries[library]?.(activeKey(alg, world.ring));
      if (sign === undefined) throw new Error(`no ${library}`);
      const handler = plainHandler(peerEndpoint(world, alg, sign));
      theirs.push({ ...usual, name: `plain ${library}`, handler, path: '/token', extra: {} });
    }
    theirs.push(onHono('jose on hono', alg, await honoJose(world, alg)));
  }
  for (const hosted of [...own, ...theirs]) await assertSound(candidate(hosted), world);
  return [
    ...own.flatMap((hosted) =>
      (['post', 'basic'] as const).flatMap((method) => {
        const contender = issuing(hosted, world, method);
        const logging = { ...contender, isLogging: true };
        const silent = { ...contender, name: `${contender.name}, line not written` };
        return [logging, unwritten(silent)];
      }),
    ),
    ...theirs.map((hosted) => issuing(hosted, world, 'post')),
  ];
}

function onHono(name: string, alg: Algorithm, { app, ...hosted }: App): Hosted {
  const adapted = handle(app as Parameters<typeof handle>[0]);
  return { ...hosted, name, alg, handler: adapted as unknown as TokenHandler };
}

/** The handler that everybody writes around a library. */
function plainHandler(endpoint: ReturnType<typeof peerEndpoint>): TokenHandler {
  return async ({ body = '', isBase64Encoded }) => {
    const text = isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body;
    const form = new URLSearchParams(text);
    const answer = await endpoint((name) => form.get(name));
    return { statusCode: answer.status, headers: noStore, body: answer.body };
  };
}

function candidate({ handler, path, extra, ...hosted }: Hosted): Candidate {
  return {
    ...hosted,
    async ask(form) {
      try {
        const text = new URLSearchParams({ ...form, ...extra }).toString();
        const { statusCode: status = 200, body = '' } = await handler(event(path, base64(text)));
        return { status, body };
      } catch (cause) {
        return { status: 500, body: String(cause) };
      }
    },
  };
}

function issuing(
  { name, alg, handler, path, extra, checks }: Hosted,
  world: IssuingWorld,
  method: 'post' | 'basic',
): CheckingContender {
  const { client_id, client_secret, ...unsigned } = tokenForm(world, alg);
  const isPost = method === 'post';
  const form: Readonly<Record<string, string>> = isPost ? tokenForm(world, alg) : unsigned;
  const body = same(base64(new URLSearchParams({ ...form, ...extra }).toString()));
  const authorization = same(basic(client_id, client_secret));
  const contender = asynchronous(`${alg}, ${method}: ${name}`, alg, async () => {
    const headers = isPost ? {} : { authorization: authorization() };
    const { statusCode } = await handler(event(path, body(), headers));
    if (statusCode !== 200) throw new Error(`${name}, ${alg}: ${statusCode}`);
  });
  return { ...contender, checks: checks.join(', ') };
}

/** Headers that a client and the gateway put there. */
const usual = {
  accept: '*/*',
  'content-type': 'application/x-www-form-urlencoded',
  'user-agent': 'curl/8.16.0',
  'x-amzn-trace-id': 'Root=1-67891233-abcdef012345678912345678',
  'x-forwarded-for': '192.0.2.1',
  'x-forwarded-port': '443',
  'x-forwarded-proto': 'https',
};

/** As an HTTP API has it: forms travel as Base64. */
function event(
  path: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): APIGatewayProxyEventV2 {
  return httpEvent({
    ...{ method: 'POST', path, body, isBase64Encoded: true },
    headers: { ...usual, 'content-length': String((body.length * 3) / 4), ...headers },
  });
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
