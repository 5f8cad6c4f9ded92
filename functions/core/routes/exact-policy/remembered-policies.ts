import { recent } from '../../recent.ts';
import type { exactPolicy } from './exact-policy.ts';

type MakePolicy = ReturnType<typeof exactPolicy>;
type Answer = ReturnType<MakePolicy>;

/**
 * Keeps policies that were made lately: who is granted the same on the same stage gets the same one. As many as there are
 * verified tokens in memory, so that nobody who is known there waits for a policy; the largest take some 10 KB.
 */
export function rememberedPolicies(make: MakePolicy, keptMin = 1_000): MakePolicy {
  const byText = recent<string, Answer>(keptMin);
  const bySet = new WeakMap<
    ReadonlySet<number>,
    { readonly stageArn: string; readonly policy: Answer }
  >();

  return (granted, stageArn) => {
    const last = bySet.get(granted);
    if (last?.stageArn === stageArn) return last.policy;
    const key = `${stageArn} ${[...granted].join()}`;
    const known = byText.get(key);
    const policy = known ?? make(granted, stageArn);
    if (known === undefined) byText.set(key, policy);
    bySet.set(granted, { stageArn, policy });
    return policy;
  };
}
