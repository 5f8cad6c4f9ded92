import { keepLast } from '../../keep-last.ts';
import type { exactPolicy } from './exact-policy.ts';

type MakePolicy = ReturnType<typeof exactPolicy>;

/** Keeps the last policies that were made: who is granted the same on the same stage gets the same one. */
export function rememberedPolicies(make: MakePolicy, entriesMax = 100): MakePolicy {
  const entries = new Map<string, ReturnType<MakePolicy>>();
  return (granted, stageArn) => {
    const key = `${stageArn} ${[...granted].join()}`;
    const policy = entries.get(key) ?? make(granted, stageArn);
    keepLast(entries, key, policy, entriesMax);
    return policy;
  };
}
