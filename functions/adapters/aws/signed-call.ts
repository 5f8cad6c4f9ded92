import type { RequestOptions } from 'node:http';
import type { CodedError } from '../../core/coded-error.ts';
import { stopwatch } from '../system/stopwatch.ts';
import { type ServiceName, serviceEndpoint } from './endpoint.ts';
import { type Exchange, exchange } from './exchange.ts';
import { sigv4 } from './sigv4.ts';

export interface SignedCallOptions {
  /** Credentials, region and endpoint, as Lambda sets them. Read at each call: credentials change. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** All attempts together. @default 1500 */
  readonly deadlineMs?: number;
}

/** A service of AWS with the JSON protocol. */
export interface SignedService {
  readonly name: ServiceName;
  /** Version of its protocol, and what stands before an operation in the header that names it. */
  readonly protocol: '1.0' | '1.1';
  readonly target: string;
  /**
   * What is thrown when it cannot answer. The code is one of the errors that are known below, a code of Node's own, or a word
   * of ours; no text from outside is in it.
   */
  readonly unavailable: (code: string, options?: ErrorOptions) => CodedError;
}

/**
 * Carries out one operation and answers its JSON, which nobody has looked at yet. A socket that died while the environment
 * was frozen costs one attempt at once; throttling and 5xx are tried again after a short random pause; nothing outlives the
 * deadline. An attempt whose answer was lost may have been carried out all the same, so whatever is called must bear to be
 * repeated. Throws what its service says when it is unavailable.
 *
 * @param expected an error that is an answer too: `undefined`
 */
export type SignedCall = (operation: string, input: object, expected?: string) => Promise<unknown>;

const attemptsMax = 3;

/** Calls a service without the SDK: what a cold start can afford. */
export function signedCall(
  service: SignedService,
  { env, deadlineMs = 1_500 }: SignedCallOptions,
): SignedCall {
  const sign = sigv4();
  const { unavailable } = service;

  return async (operation, input, expected) => {
    const body = JSON.stringify(input);
    const until = stopwatch() + deadlineMs;
    let failure: CodedError | undefined;
    for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
      const leftMs = until - stopwatch();
      if (leftMs <= 0) break;
      let answer: Exchange;
      try {
        answer = await exchange(request(operation, body), body, leftMs, attempt > 0);
      } catch (cause) {
        failure = unavailable(codeOf(cause), { cause });
        continue;
      }
      if (answer.status === 200) return parsed(answer.text);
      const type = errorType(answer.text);
      if (type === expected && answer.status === 400) return undefined;
      failure = unavailable(errorNames.has(type) ? type : 'error answer');
      if (answer.status < 500 && !/Throttl|ProvisionedThroughput|RequestLimit/.test(type)) break;
      await pause(Math.min(Math.random() * 50 * 2 ** attempt, Math.max(0, until - stopwatch())));
    }
    throw failure ?? unavailable('deadline');
  };

  function parsed(text: string): unknown {
    try {
      return JSON.parse(text);
    } catch {
      throw unavailable('malformed answer');
    }
  }

  function request(operation: string, body: string): RequestOptions & { readonly isTls: boolean } {
    const url = serviceEndpoint(service.name, env);
    const { AWS_REGION: region = '', AWS_SESSION_TOKEN: sessionToken } = env;
    const signed = sign(
      {
        host: url.host,
        target: `${service.target}.${operation}`,
        contentType: `application/x-amz-json-${service.protocol}`,
        body,
      },
      {
        accessKeyId: env.AWS_ACCESS_KEY_ID ?? '',
        secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? '',
        ...(sessionToken === undefined ? {} : { sessionToken }),
        region,
        service: service.name,
        amzDate: new Date().toISOString().replace(/[:-]|\.\d{3}/g, ''),
      },
    );
    return {
      method: 'POST',
      isTls: url.protocol === 'https:',
      hostname: url.hostname.replace(/^\[|\]$/g, ''),
      // '' is that of the scheme.
      port: url.port,
      path: '/',
      headers: { ...signed, 'content-length': Buffer.byteLength(body) },
    };
  }
}

function errorType(text: string): string {
  return /"__type"\s*:\s*"(?:[^"#]*#)?([A-Za-z]{1,60})"/.exec(text)?.[1] ?? '';
}

/** Errors of the services, and of AWS in front of them, by the names that are written down. */
const errorNames: ReadonlySet<string> = new Set([
  ...['AccessDeniedException', 'ExpiredTokenException', 'IncompleteSignatureException'],
  ...['InvalidSignatureException', 'MissingAuthenticationTokenException'],
  ...['UnrecognizedClientException', 'ConditionalCheckFailedException', 'InternalServerError'],
  ...['LimitExceededException', 'ProvisionedThroughputExceededException', 'RequestLimitExceeded'],
  ...['ResourceNotFoundException', 'ServiceUnavailable', 'ServiceUnavailableException'],
  ...['ThrottlingException', 'TransactionConflictException', 'ValidationException'],
  ...['DecryptionFailure', 'InternalServiceError', 'InvalidRequestException'],
]);

function codeOf(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return /^[A-Z_]{1,40}$/.test(code) ? code : 'no answer';
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
