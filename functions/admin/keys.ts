import type { PublishedKeys } from '../core/ports/published-keys.ts';
import { ok } from '../core/result.ts';
import { notFound, type Verbs } from './verb.ts';
import type { KeysView } from './views.ts';

export interface KeyAdministration {
  readonly keys: PublishedKeys;
  readonly publicationLeadSeconds: number;
  readonly publishedKeysMax: number;
}

/** What operators may ask of the keys here. Rotating is not among it: that is an IAM permission of its own. */
export function keyCommands(ports: KeyAdministration): Verbs {
  return {
    'keys.list': {
      members: [],
      run: async () => {
        const set = await ports.keys.read();
        if (set === undefined) return notFound('no key set is published yet');
        const view: KeysView = {
          generation: set.generation,
          keys: set.keys.map(({ jwk, state, publishedAt, retiredAt }) => ({
            kid: jwk.kid,
            alg: jwk.alg,
            state,
            published_at: publishedAt,
            ...(retiredAt === undefined ? {} : { retired_at: retiredAt }),
          })),
          revoked: (set.revoked ?? [])
            .filter(({ use }) => use === 'sig')
            .map(({ id, revokedAt, endedAt }) => ({
              kid: id,
              revoked_at: revokedAt,
              ...(endedAt === undefined ? {} : { ended_at: endedAt }),
            })),
          publication_lead: ports.publicationLeadSeconds,
          published_keys_max: ports.publishedKeysMax,
        };
        return ok(view);
      },
    },
  };
}
