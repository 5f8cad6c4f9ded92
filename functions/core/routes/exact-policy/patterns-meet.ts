import type { PatternItem } from './pattern-machine.ts';

/** Is there a sequence of words that both patterns match? `any` is any number of words, none included. */
export function patternsMeet(
  left: readonly (PatternItem | 'any')[],
  right: readonly (PatternItem | 'any')[],
): boolean {
  const rows = stretched(left);
  const columns = stretched(right);
  const seen = new Set<string>();
  const open: [number, number][] = [[0, 0]];
  for (const [row, column] of open) {
    if (row === rows.length && column === columns.length) return true;
    if (seen.has(`${row}.${column}`)) continue;
    seen.add(`${row}.${column}`);
    const [one, other] = [rows[row], columns[column]];
    if (one === 'any') open.push([row + 1, column]);
    if (other === 'any') open.push([row, column + 1]);
    if (one === undefined || other === undefined || areDifferentWords(one, other)) continue;
    open.push([one === 'any' ? row : row + 1, other === 'any' ? column : column + 1]);
  }
  return false;
}

/** Some are one and any. */
function stretched(items: readonly (PatternItem | 'any')[]): readonly Place[] {
  return items.flatMap((item): readonly Place[] => (item === 'some' ? ['one', 'any'] : [item]));
}

type Place = Exclude<PatternItem, 'some'> | 'any';

function areDifferentWords(one: Place, other: Place): boolean {
  return typeof one !== 'string' && typeof other !== 'string' && one.word !== other.word;
}
