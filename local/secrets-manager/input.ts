import { AwsError } from '../aws/aws-error.ts';
import type { SecretText } from './secret.ts';

export type Input = Readonly<Record<string, unknown>>;

/** A value of a secret ends here. */
const valueBytesMax = 65_536;

export function optionalText(input: Input, member: string): string | undefined {
  const value = input[member];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string' && value !== '') return value;
  throw invalid(`${member} must be a text that is not empty`);
}

export function requiredText(input: Input, member: string): string {
  const value = optionalText(input, member);
  if (value === undefined) throw invalid(`${member} is missing`);
  return value;
}

export function optionalNumber(input: Input, member: string): number | undefined {
  const value = input[member];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' && Number.isInteger(value)) return value;
  throw invalid(`${member} must be a whole number`);
}

/** Id of the version that a call makes; 32 to 64 characters. */
export function requestToken(input: Input): string {
  const token = optionalText(input, 'ClientRequestToken') ?? crypto.randomUUID();
  if (token.length >= 32 && token.length <= 64) return token;
  throw invalid('ClientRequestToken must be 32-64 characters long.');
}

export function secretText(input: Input): SecretText | undefined {
  const text = optionalText(input, 'SecretString');
  const base64 = optionalText(input, 'SecretBinary');
  if (text !== undefined && base64 !== undefined) {
    throw invalid("You can't specify both a SecretString and a SecretBinary.");
  }
  const bytes =
    base64 === undefined ? Buffer.byteLength(text ?? '') : Buffer.byteLength(base64, 'base64');
  if (bytes > valueBytesMax) throw invalid(`The value is longer than ${valueBytesMax} bytes.`);
  if (base64 !== undefined) return { base64 };
  return text === undefined ? undefined : { text };
}

export function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterException', message);
}

export function refused(message: string): AwsError {
  return new AwsError('InvalidRequestException', message);
}

/** A page of a list: `MaxResults` entries from where `NextToken` says, and the token of the next page. */
export function pageOf<T>(
  input: Input,
  entries: readonly T[],
): { readonly entries: readonly T[]; readonly NextToken?: string } {
  const from = Number(optionalText(input, 'NextToken') ?? 0);
  if (!Number.isInteger(from) || from < 0) {
    throw new AwsError('InvalidNextTokenException', 'The NextToken value is invalid.');
  }
  const to = from + (optionalNumber(input, 'MaxResults') ?? 100);
  return {
    entries: entries.slice(from, to),
    ...(to < entries.length ? { NextToken: String(to) } : {}),
  };
}
