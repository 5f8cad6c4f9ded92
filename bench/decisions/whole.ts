import type { AuthorizerHandler } from '../../functions/authorizers/serve.ts';
import type { Contender } from '../measure/interleaved.ts';
import { basic, forged, mistyped } from './credentials.ts';
import {
  authorized,
  distinct,
  httpEvents,
  type Presented,
  restEvents,
  same,
  uncachedMin,
} from './events.ts';
import { handled } from './operations.ts';
import type { DecisionWorld, TableSize } from './world.ts';

/** A handler by the name of its bundle. @default size 'demo' */
export type HandlerOf = (bundle: string, size?: TableSize) => AuthorizerHandler;

/**
 * Whole decisions, event in and answer out. `policy`: the answer serves every route of the API. `route`: it serves the one
 * that was asked for.
 */
export function wholeDecisions(world: DecisionWorld, handlerOf: HandlerOf): readonly Contender[] {
  return [
    ...jwtDecisions(world, handlerOf),
    ...apiKeyDecisions(world, handlerOf),
    ...basicDecisions(world, handlerOf('basic-authorizer')),
    ...certificateDecisions(world, handlerOf('mtls-authorizer')),
  ];
}

function jwtDecisions(world: DecisionWorld, handlerOf: HandlerOf): readonly Contender[] {
  const jwt = handlerOf('jwt-authorizer');
  const large = handlerOf('jwt-authorizer', 'large');
  const combined = handlerOf('combined-authorizer');
  const good = (['RS256', 'ES256'] as const).flatMap((alg) => {
    const one = authorized(same(`Bearer ${world.token(alg)}`));
    const many = authorized(
      distinct(Array.from({ length: uncachedMin }, () => `Bearer ${world.token(alg)}`)),
    );
    return [
      handled(`JWT ${alg}, same, policy`, alg, jwt, restEvents('GET /orders', one)),
      handled(`JWT ${alg}, same, policy of 25`, alg, large, restEvents('GET /orders', one)),
      handled(`JWT ${alg}, same, policy, combined`, alg, combined, restEvents('GET /orders', one)),
      handled(`JWT ${alg}, same, route`, alg, jwt, restEvents('GET /whoami', one)),
      handled(`JWT ${alg}, same, HTTP`, alg, jwt, httpEvents('GET /orders', one)),
      handled(`JWT ${alg}, distinct, policy`, alg, jwt, restEvents('GET /orders', many)),
      handled(`JWT ${alg}, distinct, HTTP`, alg, jwt, httpEvents('GET /orders', many)),
    ];
  });
  const bad = authorized(same(`Bearer ${forged(world.token('RS256'), world.token('RS256'))}`));
  const name = 'JWT RS256, bad signature, denied';
  return [...good, handled(name, 'RS256', jwt, restEvents('GET /orders', bad), 'refused')];
}

function apiKeyDecisions({ apiKey }: DecisionWorld, handlerOf: HandlerOf): readonly Contender[] {
  const handler = handlerOf('api-key-authorizer');
  const large = handlerOf('api-key-authorizer', 'large');
  const key = authorized(same(`ApiKey ${apiKey}`));
  const typo = authorized(same(`ApiKey ${mistyped(apiKey)}`));
  const name = 'API key, wrong checksum, denied';
  return [
    handled('API key, policy', 'SHA-256', handler, restEvents('GET /orders', key)),
    handled('API key, policy of 25', 'SHA-256', large, restEvents('GET /orders', key)),
    handled('API key, route', 'SHA-256', handler, restEvents('GET /whoami', key)),
    handled('API key, HTTP', 'SHA-256', handler, httpEvents('GET /orders', key)),
    handled(name, 'SHA-256', handler, restEvents('GET /orders', typo), 'refused'),
  ];
}

function basicDecisions(
  { password }: DecisionWorld,
  handler: AuthorizerHandler,
): readonly Contender[] {
  const of = (user: string) => same(basic(user, password));
  // A pair is a user and an address, so whoever comes from a new address comes for the first time.
  let address = 0;
  const elsewhere = (next: () => string) => (): Presented => {
    address += 1;
    const sourceIp = `10.${address >> 16}.${(address >> 8) & 255}.${address & 255}`;
    return { authorization: next(), sourceIp };
  };
  const remembered = restEvents('GET /whoami', authorized(of('person')));
  const person = restEvents('GET /whoami', elsewhere(of('person')));
  const program = restEvents('GET /whoami', authorized(of('program')));
  return [
    handled('Basic, remembered', 'HMAC', handler, remembered),
    { ...handled('Basic, person, first', 'argon2id', handler, person), isReading: true },
    handled('Basic, program', 'SHA-256', handler, program),
  ];
}

function certificateDecisions(
  { certificates }: DecisionWorld,
  handler: AuthorizerHandler,
): readonly Contender[] {
  return Object.entries(certificates).map(([how, pem]) => {
    const next = same(pem);
    const events = restEvents('GET /partners/me', () => ({ certificatePem: next() }));
    return handled(`certificate, ${how}`, 'SHA-256', handler, events);
  });
}
