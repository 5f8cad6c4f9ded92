import type { DecisionWorld } from '../decisions/world.ts';
import { apiKeyCurve } from './api-keys.ts';
import { clientCurve } from './clients.ts';
import type { Curve } from './curve.ts';
import { grantCurve } from './grants.ts';
import { logReadCurve, revocationCurve } from './revocations.ts';
import { routeCurve } from './routes.ts';
import { tokenCurve } from './token-endpoint.ts';

/** A curve, and how it is shown. */
export interface ShownCurve {
  readonly name: string;
  readonly title: string;
  /** What grows. */
  readonly label: string;
  readonly curve: (world: DecisionWorld) => Curve;
}

export const curves: readonly ShownCurve[] = [
  {
    name: 'revocations',
    title: 'A decision on a token, by live revocations',
    label: 'live revocations',
    curve: revocationCurve,
  },
  {
    name: 'log-reads',
    title: 'A decision that reads the revocation log, by live revocations',
    label: 'live revocations',
    curve: logReadCurve,
  },
  {
    name: 'clients',
    title: 'A decision on a token, by clients that call in turn',
    label: 'clients in turn',
    curve: clientCurve,
  },
  {
    name: 'routes',
    title: 'A decision on a token, by routes of the API',
    label: 'routes',
    curve: routeCurve,
  },
  {
    name: 'grants',
    title: 'A decision on a token, by policies that callers need',
    label: 'different sets of granted routes, in turn',
    curve: grantCurve,
  },
  {
    name: 'api-keys',
    title: 'A decision on an API key, by keys that call in turn',
    label: 'API keys in turn',
    curve: apiKeyCurve,
  },
  {
    name: 'token-endpoint',
    title: 'A token, by clients that ask in turn',
    label: 'clients in turn',
    curve: tokenCurve,
  },
];
