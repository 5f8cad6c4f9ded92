import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';

/** What a signature is made of, beside the request. */
export interface SigningContext {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly region: string;
  readonly service: string;
  /** `20261124T120000Z` */
  readonly amzDate: string;
}

/** A POST of JSON to `/`: the only kind of request that is made here. */
export interface SignableRequest {
  readonly host: string;
  readonly target: string;
  readonly contentType: string;
  readonly body: string;
}

/**
 * Signs requests with Signature Version 4. The derived key lives for a day and is kept as a KeyObject: an HMAC with a
 * Buffer key costs twenty times as much on some releases of Node 24.
 */
export function sigv4(): (
  request: SignableRequest,
  context: SigningContext,
) => Readonly<Record<string, string>> {
  let derived:
    | { readonly scope: string; readonly secret: string; readonly key: KeyObject }
    | undefined;

  function keyFor(context: SigningContext, scope: string): KeyObject {
    const { secretAccessKey: secret } = context;
    if (derived?.scope === scope && derived.secret === secret) return derived.key;
    const [date = '', region = '', service = '', end = ''] = scope.split('/');
    let key = createSecretKey(`AWS4${secret}`, 'utf8');
    for (const part of [date, region, service, end]) key = createSecretKey(mac(key, part));
    derived = { scope, secret, key };
    return key;
  }

  return (request, context) => {
    const { amzDate, sessionToken } = context;
    const scope = `${amzDate.slice(0, 8)}/${context.region}/${context.service}/aws4_request`;
    // In the order of their names, as the canonical request wants them.
    const headers: Readonly<Record<string, string>> = {
      'content-type': request.contentType,
      host: request.host,
      'x-amz-date': amzDate,
      ...(sessionToken === undefined ? {} : { 'x-amz-security-token': sessionToken }),
      'x-amz-target': request.target,
    };
    const names = Object.keys(headers).join(';');
    const canonical = [
      'POST',
      '/',
      '',
      ...Object.entries(headers).map(([name, value]) => `${name}:${value.trim()}`),
      '',
      names,
      hash('sha256', request.body, 'hex'),
    ].join('\n');
    const toSign = ['AWS4-HMAC-SHA256', amzDate, scope, hash('sha256', canonical, 'hex')].join(
      '\n',
    );
    const signature = mac(keyFor(context, scope), toSign).toString('hex');
    return {
      ...headers,
      authorization: `AWS4-HMAC-SHA256 Credential=${context.accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
    };
  };
}

function mac(key: KeyObject, text: string): Buffer {
  return createHmac('sha256', key).update(text, 'utf8').digest();
}
