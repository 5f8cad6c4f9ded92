import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BundledPolicy } from '../../functions/authorizers/config.ts';
import type { AuthorizerHandler } from '../../functions/authorizers/serve.ts';
import { handlers } from '../../infra/bundle.ts';
import type { HandlerOf } from './whole.ts';
import type { DecisionWorld } from './world.ts';

/** Bundles that decide. */
export const authorizerBundles: readonly string[] = [...handlers().keys()].filter((name) =>
  name.endsWith('-authorizer'),
);

/** The bundles of a folder, each with both policies. The environment must be that of the world. */
export async function loaded(
  bundles: string,
  { policies }: DecisionWorld,
  names: readonly string[] = authorizerBundles,
): Promise<HandlerOf> {
  const folder = mkdtempSync(join(tmpdir(), 'keyward-decisions-'));
  const found = new Map<string, AuthorizerHandler>();
  for (const [size, policy] of Object.entries(policies)) {
    for (const bundle of names) {
      found.set(
        `${bundle} ${size}`,
        await imported<AuthorizerHandler>(
          join(folder, size, bundle),
          policy,
          join(bundles, bundle),
        ),
      );
    }
  }
  rmSync(folder, { recursive: true });
  return (bundle, size = 'demo') => {
    const handler = found.get(`${bundle} ${size}`);
    if (handler === undefined) throw new Error(`there is no ${bundle}`);
    return handler;
  };
}

/** The handler of a bundle as it is deployed: the code, and the policy beside it. Each folder is an environment of its own. */
export async function imported<Handler>(
  folder: string,
  policy: BundledPolicy,
  bundle: string,
): Promise<Handler> {
  const file = join(folder, 'index.mjs');
  mkdirSync(folder, { recursive: true });
  copyFileSync(join(bundle, 'index.mjs'), file);
  writeFileSync(join(folder, 'policy.json'), JSON.stringify(policy));
  return ((await import(file)) as { readonly handler: Handler }).handler;
}
