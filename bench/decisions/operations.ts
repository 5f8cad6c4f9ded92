import type { AuthorizerHandler } from '../../functions/authorizers/serve.ts';
import type { Contender } from '../measure/interleaved.ts';
import type { Events } from './events.ts';

export type Outcome = 'allowed' | 'refused';

/** An operation that is over when it returns. */
export function synchronous(name: string, floor: string, operation: () => unknown): Contender {
  return {
    ...{ name, floor },
    run(times) {
      let last: unknown;
      for (let i = 0; i < times; i += 1) last = operation();
      return last;
    },
  };
}

export function asynchronous(
  name: string,
  floor: string,
  operation: () => Promise<unknown>,
): Contender {
  return {
    ...{ name, floor },
    async run(times) {
      for (let i = 0; i < times; i += 1) await operation();
    },
  };
}

/** A handler that is called as Lambda calls it, one event after the other. Throws when it decides otherwise than expected. */
export function handled(
  name: string,
  floor: string,
  handler: AuthorizerHandler,
  events: Events,
  expected: Outcome = 'allowed',
): Contender {
  const decide = async (): Promise<void> => {
    const outcome = await outcomeOf(handler, events);
    if (outcome !== expected) throw new Error(`${name}: ${outcome}`);
  };
  return { ...asynchronous(name, floor, decide), isLogging: true };
}

/** What API Gateway makes of an answer for the route that was asked for first. */
export async function outcomeOf(handler: AuthorizerHandler, events: Events): Promise<string> {
  try {
    const answer = await handler(events());
    const isAllowed =
      'isAuthorized' in answer
        ? answer.isAuthorized
        : answer.policyDocument.Statement[0]?.Effect === 'Allow';
    return isAllowed ? 'allowed' : 'refused';
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : 'unknown';
    return message === 'Unauthorized' ? 'refused' : message;
  }
}
