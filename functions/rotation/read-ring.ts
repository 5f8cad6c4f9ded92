import type { KeyRing } from '../core/keys/key-ring.ts';
import { parseRing } from '../core/keys/parse-ring.ts';
import type { RingVersions, VersionLabels } from '../core/ports/ring-versions.ts';
import { RotationRefused } from './refusal.ts';

/** The version that carries a label; a label is on one version at most. */
export function holderOf(labels: VersionLabels, label: string): string | undefined {
  return [...labels].find(([, carried]) => carried.has(label))?.[0];
}

/** The ring of a text that must be one. Throws `RotationRefused` for a sentinel, a newer schema and anything else. */
export function ringOf(text: string): KeyRing {
  const parsed = parseRing(text);
  switch (parsed.kind) {
    case 'ring':
      return parsed.ring;
    case 'sentinel':
      throw new RotationRefused('no_ring');
    case 'unknown_schema':
      throw new RotationRefused('unknown_schema');
    case 'broken':
      throw new RotationRefused('ring_broken');
  }
}

/** The version in force and its text. Throws `RotationRefused` when the label moves at this very moment. */
export async function currentVersion(
  versions: RingVersions,
  labels: VersionLabels,
): Promise<{ readonly id: string; readonly text: string }> {
  const id = holderOf(labels, 'AWSCURRENT');
  if (id === undefined) throw new RotationRefused('no_ring');
  const text = await versions.get(id, 'AWSCURRENT');
  if (text === undefined) throw new RotationRefused('label_moved');
  return { id, text };
}
