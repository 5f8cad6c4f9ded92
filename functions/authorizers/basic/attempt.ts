import { hash } from 'node:crypto';
import { addressBlock } from '../../core/address-range.ts';

/** Somebody at some address who says to be some user: the ids that failures are counted under. Nothing is in clear. */
export interface Attempt {
  /** Of the user and the address together. Where no address is told, everybody is at one. */
  readonly pair: string;
  readonly user: string;
}

/** @param username in NFC; it holds no control character, so that no name is the name and address of another */
export function attemptOf(username: string, sourceIp: string | undefined): Attempt {
  const block = addressBlock(sourceIp) ?? '-';
  return { pair: idOf(`${username}\n${block}`), user: idOf(username) };
}

function idOf(text: string): string {
  return `basic#${hash('sha256', text, 'hex')}`;
}
