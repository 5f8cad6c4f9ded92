import { readFileSync } from 'node:fs';
import { Failure } from './failure.ts';

/** The text of a file without the white space around it; `-` is stdin. Nothing at all is an error of usage. */
export function readText(file: string): string {
  try {
    const text = readFileSync(file === '-' ? 0 : file, 'utf8').trim();
    if (text !== '') return text;
  } catch {
    throw new Failure('usage', `cannot read ${file === '-' ? 'stdin' : file}`);
  }
  throw new Failure('usage', `${file === '-' ? 'stdin' : file} is empty`);
}
