import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** CloudWatch cuts a log event here as well; it also bounds what a line without an end may hold in memory. */
const lineCharactersMax = 256 * 1024;

/** Hands on each line of a stream, decoded as UTF-8, and what is left when it ends. Empty lines are dropped. */
export function splitLines(stream: Readable, take: (line: string) => void): void {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  const takeFilled = (line: string): void => {
    if (line !== '') take(line);
  };
  stream.on('data', (chunk: Buffer) => {
    const lines = (rest + decoder.write(chunk)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) takeFilled(line);
    while (rest.length > lineCharactersMax) {
      take(rest.slice(0, lineCharactersMax));
      rest = rest.slice(lineCharactersMax);
    }
  });
  stream.on('end', () => {
    takeFilled(rest + decoder.end());
    rest = '';
  });
}
