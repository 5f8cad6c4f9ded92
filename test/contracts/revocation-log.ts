import { beforeEach, describe, expect, test } from 'vitest';
import type { RevocationLog, RevocationWriter } from '../../functions/core/ports/revocation-log.ts';
import type { LoggedEntry } from '../../functions/core/revocation/log-entry.ts';

/** An hour begins here. */
const hour = 1_800_000_000 - (1_800_000_000 % 3_600);

const entryAt = (at: number, serial = 'a'): LoggedEntry => ({
  ...{ kind: 'token', id: `j-${at}-${serial}`, at, serial, expiresAt: at + 600 },
});

/** What every revocation log promises. @param open one that nobody has written to */
export function revocationLogContract(
  name: string,
  open: () => Promise<RevocationLog & RevocationWriter>,
): void {
  describe(`the revocation log in ${name}`, () => {
    let log: RevocationLog & RevocationWriter;
    beforeEach(async () => {
      log = await open();
    });

    const places = async (from: number, to: number) =>
      (await log.read(from, to)).map(({ at, serial }) => `${at}${serial}`).toSorted();

    test('nothing was written', async () => {
      expect(await log.read(hour, hour + 7_200)).toEqual([]);
    });

    test('every kind of entry is read as it was written', async () => {
      const entries: readonly LoggedEntry[] = [
        entryAt(hour),
        { kind: 'grant', id: 'g', at: hour, serial: 'b', expiresAt: hour + 1 },
        { kind: 'key', id: 'k', at: hour, serial: 'c', expiresAt: hour + 1 },
        { kind: 'client', id: 'c', cut: hour + 9, at: hour, serial: 'd', expiresAt: hour + 1 },
        { kind: 'subject', id: 's', cut: hour + 9, at: hour, serial: 'e', expiresAt: hour + 1 },
        { kind: 'changed', id: 'm', at: hour, serial: 'f', expiresAt: hour + 1 },
        { kind: 'ring', id: '7', at: hour, serial: 'g', expiresAt: hour + 1 },
        { kind: 'token', id: 'https://other.example j', at: hour, serial: 'h', expiresAt: 1 },
      ];
      for (const entry of entries) await log.append(entry);
      const read = await log.read(hour, hour);
      expect(read.toSorted((a, b) => (a.serial < b.serial ? -1 : 1))).toEqual(entries);
    });

    test('an entry that is written again is one, another of its second is another', async () => {
      for (const serial of ['a', 'a', 'b']) await log.append(entryAt(hour + 5, serial));
      expect(await places(hour, hour)).toEqual([`${hour + 5}a`, `${hour + 5}b`]);
    });

    test('a read begins with a second and ends with an hour, whatever the hour', async () => {
      for (const at of [-1, 0, 1, 3_599, 3_600, 7_199, 7_200]) await log.append(entryAt(hour + at));
      const from = (first: number, to: number) => places(hour + first, hour + to);
      const all = [-1, 0, 1, 3_599, 3_600, 7_199, 7_200].map((at) => `${hour + at}a`);
      expect(await from(-1, 7_200)).toEqual(all);
      expect(await from(0, 7_199)).toEqual(all.slice(1, 6));
      expect(await from(1, 3_600)).toEqual(all.slice(2, 6));
      expect(await from(3_599, 3_599)).toEqual(all.slice(3, 4));
      expect(await from(3_600, 3_600)).toEqual(all.slice(4, 6));
    });

    test('fifty writers at once lose nothing', async () => {
      const serials = Array.from({ length: 50 }, (_, i) => `s${String(i).padStart(2, '0')}`);
      await Promise.all(serials.map((serial) => log.append(entryAt(hour, serial))));
      expect(await places(hour, hour)).toEqual(serials.map((serial) => `${hour}${serial}`));
    });
  });
}
