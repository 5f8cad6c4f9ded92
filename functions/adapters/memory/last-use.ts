import { hourOf } from '../../core/hour.ts';
import type { LastUse, LastUses } from '../../core/ports/last-use.ts';

/** When credentials were last used, in memory. */
export function memoryLastUse(): LastUse & LastUses {
  const hours = new Map<string, number>();
  return {
    async note(credentialId, now) {
      hours.set(credentialId, Math.max(hourOf(now), hours.get(credentialId) ?? 0));
    },
    async read(credentialIds) {
      return new Map(
        credentialIds.flatMap((id) => {
          const hour = hours.get(id);
          return hour === undefined ? [] : [[id, hour]];
        }),
      );
    },
  };
}
