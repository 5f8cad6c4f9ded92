import { type Obstacle, obstacles } from './outcome-cases.ts';
import { type Surface, surfaces, type Told } from './outcomes-world.ts';

/** What was found, by outcome and surface. */
export type Findings = ReadonlyMap<string, ReadonlyMap<Surface, Told | Obstacle>>;

/** The findings as Markdown: every status in one table, then a table for each surface, then what their letters stand for. */
export function outcomeTables(findings: Findings): string {
  const challenges = legend('C');
  const bodies = legend('B');
  const notes = legend('');
  const overview = table(
    ['outcome', ...surfaces],
    [...findings].map(([name, at]) => [
      name,
      ...surfaces.map((surface) => {
        const cell = at.get(surface);
        if (cell === undefined) throw new Error(`${name} was not tried at ${surface}`);
        return typeof cell === 'string' ? `– ${notes.mark(obstacles[cell])}` : statusOf(cell);
      }),
    ]),
  );
  const details = surfaces.flatMap((surface) => [
    `## ${surface}`,
    table(
      ['outcome', 'status', 'challenge', 'Retry-After', 'body', 'reason in the log'],
      [...findings].flatMap(([name, at]) => {
        const cell = at.get(surface);
        if (cell === undefined || typeof cell === 'string') return [];
        const { headers, body } = cell;
        const challenge = headers['www-authenticate'];
        return [
          [
            ...[name, statusOf(cell)],
            challenge === undefined ? '–' : challenges.mark(String(challenge)),
            String(headers['retry-after'] ?? '–'),
            isBackends(cell) ? "the backend's" : body === '' ? '–' : bodies.mark(sameForAll(body)),
            reasonOf(cell),
          ],
        ];
      }),
    ),
  ]);
  return [
    overview,
    notes.list(),
    ...details,
    '## Challenges',
    challenges.list(),
    '## Bodies',
    bodies.list(),
  ].join('\n\n');
}

function isBackends({ status }: Told): boolean {
  return status === 200 || status === 101;
}

function statusOf({ status }: Told): string {
  return status === undefined ? 'no handshake' : String(status);
}

function reasonOf({ decision }: Told): string {
  if (decision === undefined) return 'not asked';
  return decision.reason === undefined ? 'allowed' : `\`${decision.reason}\``;
}

/** A body without what differs from request to request. */
function sameForAll(body: string): string {
  return body.replace(/("request_id":)"[^"]+"/, '$1"…"');
}

/** Gives each text a short mark, in the order in which they come up. */
function legend(letter: string): { mark(text: string): string; list(): string } {
  const texts: string[] = [];
  return {
    mark(text) {
      if (!texts.includes(text)) texts.push(text);
      return letter === '' ? `(${texts.indexOf(text) + 1})` : `${letter}${texts.indexOf(text) + 1}`;
    },
    list: () =>
      texts
        .map((text, index) =>
          letter === '' ? `${index + 1}. ${text}` : `- **${letter}${index + 1}** \`${text}\``,
        )
        .join('\n'),
  };
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => (row[column] ?? '').length)),
  );
  const line = (row: readonly string[]) =>
    `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width)).join(' | ')} |`;
  return [
    line(head),
    `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`,
    ...rows.map(line),
  ].join('\n');
}
