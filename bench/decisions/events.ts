import type { AuthorizerEvent } from '../../functions/gateway/authorizer-surface.ts';
import { httpAuthorizerEvent, restAuthorizerEvent } from '../../test/support/events/authorizer.ts';

/** What a caller brings along. */
export interface Presented {
  readonly authorization?: string;
  readonly certificatePem?: string;
  readonly sourceIp?: string;
}

/** Whoever has the next text in the header. */
export function authorized(next: () => string): () => Presented {
  return () => ({ authorization: next() });
}

/** The next event of a stream. */
export type Events = () => AuthorizerEvent;

/** Headers that a command-line client and the gateway put there. */
const usual = {
  Accept: '*/*',
  'Accept-Encoding': 'gzip, deflate, br',
  Host: 'abc123.execute-api.us-east-1.amazonaws.com',
  'User-Agent': 'curl/8.16.0',
  'X-Amzn-Trace-Id': 'Root=1-67891233-abcdef012345678912345678',
  'X-Forwarded-For': '192.0.2.1',
  'X-Forwarded-Port': '443',
  'X-Forwarded-Proto': 'https',
};

/** What a REST API sends to a REQUEST authorizer, for one route and whoever comes next. */
export function restEvents(route: string, next: () => Presented): Events {
  const multiValue = Object.fromEntries(
    Object.entries(usual).map(([name, value]) => [name, [value]]),
  );
  const event = restAuthorizerEvent(route, undefined);
  const { requestContext } = event;
  const { identity } = requestContext;
  return () => {
    const { authorization, certificatePem, sourceIp = identity.sourceIp } = next();
    const clientCert =
      certificatePem === undefined
        ? null
        : ({ clientCertPem: certificatePem } as NonNullable<typeof identity.clientCert>);
    const isHeader = authorization !== undefined;
    return {
      ...event,
      headers: isHeader ? { ...usual, Authorization: authorization } : usual,
      multiValueHeaders: isHeader ? { ...multiValue, Authorization: [authorization] } : multiValue,
      requestContext: { ...requestContext, identity: { ...identity, sourceIp, clientCert } },
    };
  };
}

/** What an HTTP API sends with payload 2.0: names in lower case. */
export function httpEvents(route: string, next: () => Presented): Events {
  const headers = Object.fromEntries(
    Object.entries(usual).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const event = httpAuthorizerEvent(route, undefined);
  return () => {
    const { authorization = '' } = next();
    return { ...event, identitySource: [authorization], headers: { ...headers, authorization } };
  };
}

/** The same text each time, in a string of its own: a string that was hashed once makes every look-up in a map free. */
export function same(text: string): () => string {
  return distinct([text]);
}

/** Longer than every cache of an authorizer: of so many in turn none is ever a hit. */
export const uncachedMin = 2_500;

/** One text after the other, and on from where it stopped. */
export function distinct(texts: readonly string[]): () => string {
  const bytes = texts.map((text) => Buffer.from(text, 'latin1'));
  let next = 0;
  return () => {
    const text = bytes[next]?.toString('latin1') ?? '';
    next = (next + 1) % bytes.length;
    return text;
  };
}
