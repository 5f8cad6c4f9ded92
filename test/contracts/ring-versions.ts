import { beforeEach, describe, expect, test } from 'vitest';
import type { RingVersions } from '../../functions/core/ports/ring-versions.ts';

export interface OpenedRing {
  readonly versions: RingVersions;
  /** Id of the version in force, whose value is `sentinel`. */
  readonly first: string;
  /** Makes an empty version the pending one, as the service does when a rotation begins. */
  begin(versionId: string): Promise<void>;
}

const [a, b, unknown] = ['a', 'b', 'f'].map((digit) => digit.repeat(32)) as [
  string,
  string,
  string,
];

/** What every keeper of ring versions promises. */
export function ringVersionsContract(name: string, open: () => Promise<OpenedRing>): void {
  describe(`ring versions in ${name}`, () => {
    let ring: OpenedRing;
    beforeEach(async () => {
      ring = await open();
    });

    const labelsOf = async (id: string) =>
      [...((await ring.versions.describe()).get(id) ?? [])].sort();

    test('a value is read by its id and a label that it carries, else there is none', async () => {
      const { versions, first } = ring;
      expect(await versions.get(first, 'AWSCURRENT')).toBe('sentinel');
      expect(await versions.get(first, 'AWSPENDING')).toBeUndefined();
      expect(await versions.get(unknown, 'AWSCURRENT')).toBeUndefined();
    });

    test('a pending version has no value until it is put', async () => {
      const { versions } = ring;
      await ring.begin(a);
      expect(await labelsOf(a)).toEqual(['AWSPENDING']);
      expect(await versions.get(a, 'AWSPENDING')).toBeUndefined();
      await versions.putPending(a, 'one', 'a'.repeat(36));
      expect(await versions.get(a, 'AWSPENDING')).toBe('one');
      expect(await labelsOf(a)).toEqual(['AWSPENDING']);
    });

    test('a value that is put under a new id becomes the pending one', async () => {
      const { versions } = ring;
      await versions.putPending(a, 'one');
      await versions.putPending(b, 'two');
      expect(await labelsOf(a)).toEqual([]);
      expect(await versions.get(a, 'AWSPENDING')).toBeUndefined();
      expect(await versions.get(b, 'AWSPENDING')).toBe('two');
    });

    test('the same value again is no change, another one is an error', async () => {
      const { versions } = ring;
      await versions.putPending(a, 'one');
      await versions.putPending(a, 'one');
      await expect(versions.putPending(a, 'two')).rejects.toThrow();
      expect(await versions.get(a, 'AWSPENDING')).toBe('one');
    });

    test('the current label moves from the version that is named, and leaves AWSPREVIOUS there', async () => {
      const { versions, first } = ring;
      await versions.putPending(a, 'one');
      await versions.makeCurrent(a, first);
      expect(await labelsOf(a)).toEqual(['AWSCURRENT', 'AWSPENDING']);
      expect(await labelsOf(first)).toEqual(['AWSPREVIOUS']);
      expect(await versions.get(a, 'AWSCURRENT')).toBe('one');
    });

    test('it moves from no other version, and moving it twice is no error', async () => {
      const { versions, first } = ring;
      await versions.putPending(a, 'one');
      await versions.makeCurrent(a, first);
      await versions.makeCurrent(a, first);
      await versions.putPending(b, 'two');
      await expect(versions.makeCurrent(b, first)).rejects.toThrow();
      await expect(versions.makeCurrent(b, unknown)).rejects.toThrow();
      expect(await versions.get(a, 'AWSCURRENT')).toBe('one');
    });

    test('of two rings made from one version only the first comes into force', async () => {
      const { versions, first } = ring;
      await versions.putPending(a, 'one');
      await versions.putPending(b, 'two');
      const outcomes = await Promise.allSettled(
        [a, b].map((id) => versions.makeCurrent(id, first)),
      );
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    });

    test('a version without a value never becomes current', async () => {
      const { versions, first } = ring;
      await ring.begin(a);
      await expect(versions.makeCurrent(a, first)).rejects.toThrow();
      expect(await versions.get(first, 'AWSCURRENT')).toBe('sentinel');
    });

    test('the pending label is taken away, once and again', async () => {
      const { versions } = ring;
      await versions.putPending(a, 'one');
      await versions.detachPending(a);
      await versions.detachPending(a);
      expect(await versions.get(a, 'AWSPENDING')).toBeUndefined();
      expect(await labelsOf(a)).toEqual([]);
    });
  });
}
