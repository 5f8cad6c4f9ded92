import type { Registry } from '../core/ports/registry.ts';
import { ok, type Result } from '../core/result.ts';
import { type AdminError, conflict, invalid } from './verb.ts';

export interface EditRules<T> {
  /** The first rule that the changed record breaks. */
  readonly brokenRule: (record: T) => string | undefined;
  /** The answer where there is no such record. */
  readonly missing: Result<never, AdminError>;
}

/** Reads, changes, judges and writes back one record; starts over when somebody else wrote in between. */
export async function editRecord<T>(
  registry: Registry<T>,
  id: string,
  change: (record: T) => Result<T, AdminError>,
  { brokenRule, missing }: EditRules<T>,
): Promise<Result<T, AdminError>> {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const found = await registry.read(id);
    if (found === undefined) return missing;
    const changed = change(found.record);
    if (!changed.ok) return changed;
    const broken = brokenRule(changed.value);
    if (broken !== undefined) return invalid(broken);
    if (await registry.replace(changed.value, found.revision)) return ok(changed.value);
  }
  return conflict('others are changing this record right now: try again');
}
