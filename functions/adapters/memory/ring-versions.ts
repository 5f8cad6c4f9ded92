import type { RingVersions } from '../../core/ports/ring-versions.ts';

/** Something that Secrets Manager would refuse. */
export class SecretRefusal extends Error {
  override readonly name = 'SecretRefusal';
}

/** A secret in memory, with what only the service itself may do to it. */
export interface MemoryRingVersions extends RingVersions {
  /** What `RotateSecret` does: a version without a value becomes the pending one. */
  begin(versionId: string): void;
  /** The version that carries a label. */
  holder(label: string): string | undefined;
  /** The text of the version in force. */
  currentText(): string;
}

interface Version {
  value?: string;
  readonly labels: Set<string>;
}

/** @param text what the template put into the secret */
export function memoryRingVersions(text: string, versionId: string): MemoryRingVersions {
  const versions = new Map<string, Version>([
    [versionId, { value: text, labels: new Set(['AWSCURRENT']) }],
  ]);

  const holder = (label: string): string | undefined =>
    [...versions].find(([, { labels }]) => labels.has(label))?.[0];

  function versionOf(id: string): Version {
    const version = versions.get(id);
    if (version === undefined) throw new SecretRefusal(`there is no version ${id}`);
    return version;
  }

  function move(label: string, to: string): void {
    const from = holder(label);
    if (from === to) return;
    if (from !== undefined) {
      versionOf(from).labels.delete(label);
      if (label === 'AWSCURRENT') move('AWSPREVIOUS', from);
    }
    versionOf(to).labels.add(label);
  }

  return {
    describe: async () =>
      new Map(
        [...versions]
          .filter(([, { labels }]) => labels.size > 0)
          .map(([id, { labels }]) => [id, new Set(labels)]),
      ),
    get: async (id, label) => {
      const version = versions.get(id);
      return version?.labels.has(label) ? version.value : undefined;
    },
    putPending: async (id, value) => {
      const version = versions.get(id) ?? { labels: new Set() };
      // The same value again is no change at all, not even of a label.
      if (version.value === value) return;
      if (version.value !== undefined) throw new SecretRefusal(`${id} has another value`);
      version.value = value;
      versions.set(id, version);
      move('AWSPENDING', id);
    },
    makeCurrent: async (to, from) => {
      const current = holder('AWSCURRENT');
      if (current === to) return;
      if (current !== from) throw new SecretRefusal(`AWSCURRENT is not on ${from}`);
      if (versionOf(to).value === undefined) throw new SecretRefusal(`${to} has no value`);
      move('AWSCURRENT', to);
    },
    detachPending: async (id) => {
      versions.get(id)?.labels.delete('AWSPENDING');
    },
    begin: (id) => {
      if (!versions.has(id)) versions.set(id, { labels: new Set() });
      move('AWSPENDING', id);
    },
    holder,
    currentText: () => versionOf(holder('AWSCURRENT') ?? '').value ?? '',
  };
}
