import {
  createHmac,
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey,
  sign,
} from 'node:crypto';
import type { KeyRing } from '../../functions/core/keys/key-ring.ts';
import type { Algorithm } from '../../functions/core/tokens/algorithm.ts';
import { importSigner } from '../../functions/core/tokens/signature.ts';
import * as gate from './gate.ts';
import { activeKey, ring as ringOfTests } from './ring.ts';

/** A token, or a whole `Authorization` value, and what must come of it. */
export interface Forgery {
  readonly id: string;
  readonly authorization: string;
  /** Reasons that are right; empty: it must be accepted. */
  readonly expect: readonly string[];
}

/** For whom tokens are forged: whose keys sign, and who is going to verify when. */
export interface ForgeryTarget {
  readonly ring: KeyRing;
  readonly issuer: string;
  readonly audience: string;
  /** Epoch seconds. */
  readonly now: number;
  /** How late a token may be presented and still be the case that it is meant to be. */
  readonly latenessSeconds: number;
}

/** The gate of the tests in process, whose clock stands still. */
const standingGate: ForgeryTarget = {
  ring: ringOfTests,
  issuer: gate.issuer,
  audience: gate.audience,
  now: gate.now,
  latenessSeconds: 0,
};

type Json = Readonly<Record<string, unknown>>;

const b64 = (value: string | Uint8Array) => Buffer.from(value).toString('base64url');
const json = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

/** Everything that section "JWTs" of a must-reject list names, signed with the real key wherever that is the harder case. */
export function forgeries(
  alg: Algorithm,
  { ring, issuer, audience, now, latenessSeconds }: ForgeryTarget = standingGate,
): readonly Forgery[] {
  const key = activeKey(alg, ring);
  const other = activeKey(alg === 'RS256' ? 'ES256' : 'RS256', ring);
  const signer = importSigner(key.private, alg);
  const header = { typ: 'at+jwt', alg, kid: key.kid };
  const claims = {
    iss: issuer,
    sub: 'orders',
    client_id: 'orders',
    aud: audience,
    iat: now - 10,
    exp: now + 600,
    jti: 'jti-1',
    scope: 'orders:read',
  };
  const raw = (head: unknown, body: unknown) => {
    const input = `${b64(json(head))}.${b64(json(body))}`;
    return `${input}.${signer(input)}`;
  };
  const token = (head: Json = {}, body: Json = {}) =>
    raw({ ...header, ...head }, { ...claims, ...body });
  const without = (...names: string[]) =>
    raw(
      header,
      Object.fromEntries(Object.entries(claims).filter(([name]) => !names.includes(name))),
    );
  const good = token();
  const [h = '', p = '', s = ''] = good.split('.');
  const cases: Forgery[] = [];
  const add = (id: string, text: string, ...expect: string[]) =>
    cases.push({ id, authorization: `Bearer ${text}`, expect });
  const carry = (id: string, authorization: string, ...expect: string[]) =>
    cases.push({ id, authorization, expect });

  // Controls.
  add('control', good);
  add('control: typ in another case', token({ typ: 'AT+JWT' }));
  add('control: full media type', token({ typ: 'application/at+jwt' }));
  add('control: unknown header member', token({ x: 1 }));
  add('control: embedded jwk is not looked at', token({ jwk: other.public }));
  add('control: jku is not looked at', token({ jku: 'http://169.254.169.254/' }));
  add('control: aud list with ours', token({}, { aud: ['https://a.example', audience] }));
  add('control: unknown claims, nested and Unicode', token({}, { ключ: { a: [1, { b: null }] } }));
  add(
    'control: a claim named __proto__',
    raw(header, `{"__proto__":{"aud":"x"},${JSON.stringify(claims).slice(1)}`),
  );
  add('control: a claim named constructor', token({}, { constructor: 'x' }));
  add(
    'control: JSON with white space',
    raw(` ${JSON.stringify(header)} `, JSON.stringify(claims, null, 2)),
  );
  add(
    'control: expired within the skew',
    token({}, { iat: now - 600, exp: now - 29 + latenessSeconds }),
  );
  add(
    'control: from a clock that is ahead within the skew',
    token({}, { iat: now + 30, nbf: now + 30 }),
  );
  add('control: sub that looks like a policy', token({}, { sub: 'arn:aws:iam::*:*' }));
  add('control: no scope', without('scope'));
  add('control: an empty scope', token({}, { scope: '' }));
  add('control: exactly the hard maximum', token({}, { iat: now, exp: now + 3_600 }));
  carry('control: scheme in lower case', `bearer ${good}`);

  // Algorithms.
  for (const none of ['none', 'None', 'NONE', 'nOnE']) {
    add(`alg ${none}, signature kept`, token({ alg: none }), 'alg_not_allowed');
    add(`alg ${none}, no signature`, `${b64(json({ ...header, alg: none }))}.${p}.`, 'malformed');
    add(`alg ${none}, two parts`, `${b64(json({ ...header, alg: none }))}.${p}`, 'malformed');
  }
  for (const value of [null, true, 1, [alg], { toString: alg }, '']) {
    add(`alg is ${json(value)}`, token({ alg: value as never }), 'alg_not_allowed');
  }
  for (const value of [
    'HS256',
    'HS512',
    'RS512',
    'PS256',
    'ES384',
    'ES512',
    'EdDSA',
    'RSA-OAEP',
    '__proto__',
    'rs256',
    'es256',
    `${alg} `,
    `${alg}\u0000`,
  ]) {
    add(`alg is ${json(value)}`, token({ alg: value }), 'alg_not_allowed');
  }
  add('alg of another key of ours', token({ alg: other.alg }), 'alg_not_allowed');
  const pem = createPublicKey({ key: { ...key.public } as JsonWebKey, format: 'jwk' });
  const secrets: readonly [string, string | Buffer][] = [
    ['the public key as PEM', pem.export({ type: 'spki', format: 'pem' })],
    [
      'the public key as PEM on one line',
      String(pem.export({ type: 'spki', format: 'pem' })).replaceAll('\n', ''),
    ],
    ['the public key as DER', pem.export({ type: 'spki', format: 'der' })],
    ['the public JWK', JSON.stringify(key.public)],
    ['nothing', ''],
    ['the word secret', 'secret'],
    ['the kid', key.kid],
  ];
  for (const [name, secret] of secrets) {
    for (const claimed of ['HS256', alg]) {
      const input = `${b64(json({ ...header, alg: claimed }))}.${p}`;
      const mac = createHmac('sha256', secret).update(input).digest('base64url');
      add(`HMAC with ${name} as ${claimed}`, `${input}.${mac}`, 'alg_not_allowed', 'bad_signature');
    }
  }

  // Signatures.
  const bytes = Buffer.from(s, 'base64url');
  add('no signature', `${h}.${p}.`, 'malformed');
  add('signature cut', `${h}.${p}.${b64(bytes.subarray(1))}`, 'bad_signature');
  add(
    'signature extended',
    `${h}.${p}.${b64(Buffer.concat([bytes, Buffer.alloc(1)]))}`,
    'bad_signature',
  );
  add('signature of zeros', `${h}.${p}.${b64(Buffer.alloc(bytes.length))}`, 'bad_signature');
  add('signature of ones', `${h}.${p}.${b64(Buffer.alloc(bytes.length, 255))}`, 'bad_signature');
  for (const at of [0, 1, bytes.length >> 1, bytes.length - 1]) {
    const flipped = Buffer.from(bytes);
    flipped[at] = (flipped[at] ?? 0) ^ 1;
    add(`signature with bit ${at * 8} flipped`, `${h}.${p}.${b64(flipped)}`, 'bad_signature');
  }
  add(
    'signature of another token',
    `${h}.${b64(json({ ...claims, scope: 'orders:admin' }))}.${s}`,
    'bad_signature',
  );
  add('signature over the decoded text', `${h}.${p}.${signer(json(claims))}`, 'bad_signature');
  const stranger =
    alg === 'RS256'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
      : generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const foreign = sign('sha256', Buffer.from(`${h}.${p}`), {
    key: stranger,
    dsaEncoding: 'ieee-p1363',
  });
  add("a stranger's key under our kid", `${h}.${p}.${b64(foreign)}`, 'bad_signature');
  add('a key of ours under the kid of another', token({ kid: other.kid }), 'alg_not_allowed');
  if (alg === 'ES256') {
    const order = Buffer.from(
      'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551',
      'hex',
    );
    const [r, t] = [bytes.subarray(0, 32), bytes.subarray(32)];
    const variants: readonly [string, Uint8Array][] = [
      ['r and s swapped', Buffer.concat([t, r])],
      ['r of zero', Buffer.concat([Buffer.alloc(32), t])],
      ['s of zero', Buffer.concat([r, Buffer.alloc(32)])],
      ['r of the group order', Buffer.concat([order, t])],
      ['s of the group order', Buffer.concat([r, order])],
      [
        'DER instead of 64 bytes',
        Buffer.concat([Buffer.from([0x30, 0x44, 2, 32]), r, Buffer.from([2, 32]), t]),
      ],
    ];
    for (const [name, value] of variants) add(name, `${h}.${p}.${b64(value)}`, 'bad_signature');
  }

  // Header.
  for (const kid of [
    'nobody',
    '../../etc/passwd',
    "' OR 1=1 --",
    'JWKS',
    '__proto__',
    'constructor',
    'http://evil.example/',
    key.kid.toUpperCase(),
    `${key.kid}\u0000`,
    `${key.kid}\r\n`,
  ]) {
    add(`kid is ${json(kid)}`, token({ kid }), 'unknown_kid');
  }
  for (const kid of [null, 1, [key.kid], { a: 1 }, '', 'x'.repeat(300)]) {
    add(`kid is ${json(kid).slice(0, 20)}`, token({ kid: kid as never }), 'malformed');
  }
  for (const name of ['crit', 'b64', 'zip', 'enc', 'cty']) {
    for (const value of [[], ['exp'], 'DEF', true])
      add(`${name} is ${json(value)}`, token({ [name]: value }), 'malformed');
  }
  for (const typ of [
    'JWT',
    'jwt',
    'id_token+jwt',
    'logout+jwt',
    'dpop+jwt',
    'token-introspection+jwt',
    'oauth-authz-req+jwt',
    'client-authentication+jwt',
    'secevent+jwt',
    'at+jwt; x=y',
    ' at+jwt',
    'at+jwt ',
    'at jwt',
    'application/jwt',
    '',
  ]) {
    add(`typ is ${json(typ)}`, token({ typ }), 'wrong_type');
  }
  add('typ is missing', raw({ alg, kid: key.kid }, claims), 'wrong_type');
  for (const typ of [null, 1, ['at+jwt'], {}])
    add(`typ is ${json(typ)}`, token({ typ: typ as never }), 'wrong_type');

  // JSON.
  const head = JSON.stringify(header);
  const body = JSON.stringify(claims);
  const broken: readonly [string, string][] = [
    ['a list', '[]'],
    ['null', 'null'],
    ['a text', '"x"'],
    ['empty', ' '],
    ['two documents', `${body}${body}`],
    ['a trailing comma', body.replace('}', ',}')],
    ['a comment', body.replace('{', '{/**/')],
    ['NaN', body.replace(String(claims.exp), 'NaN')],
    ['a member twice', body.replace('{', '{"aud":"https://evil.example",')],
    ['a member twice, escaped', body.replace('{', '{"\\u0061ud":"https://evil.example",')],
    ['a nested member twice', body.replace('{', '{"x":{"a":1,"a":2},')],
    ['17 levels', body.replace('{', `{"x":${'['.repeat(17)}${']'.repeat(17)},`)],
    ['1,000 levels', body.replace('{', `{"x":${'['.repeat(1000)}${']'.repeat(1000)},`)],
    ['a lone surrogate', body.replace('{', '{"x":"\\ud800",')],
    ['a byte order mark', `\ufeff${body}`],
    ['XML', '<claims/>'],
  ];
  for (const [name, text] of broken) {
    add(`payload: ${name}`, raw(header, text), 'malformed');
    const headText = text.replace(body, head).replace(body, head);
    if (['a list', 'null', 'a text', 'XML'].includes(name))
      add(`header: ${name}`, raw(headText, claims), 'malformed');
  }
  add('header: a member twice', raw(head.replace('{', '{"alg":"none",'), claims), 'malformed');
  add('header: a byte order mark', raw(`\ufeff${head}`, claims), 'malformed');
  const invalid = `${h}.${b64(Buffer.concat([Buffer.from(body.slice(0, -1)), Buffer.from([0xff]), Buffer.from('}')]))}`;
  add('payload that is not UTF-8', `${invalid}.${signer(invalid)}`, 'malformed');

  // Spelling.
  for (const [name, text] of [
    ['padding at the end', `${good}=`],
    ['padding inside', `${h}=.${p}.${s}`],
    ['the standard alphabet', `${h}.${p}.${bytes.toString('base64')}`],
    ['a space at the end', `${good} `],
    ['a newline at the end', `${good}\n`],
    ['percent-encoded dots', good.replaceAll('.', '%2E')],
    ['fullwidth dots', good.replaceAll('.', '．')],
    ['quotes', `"${good}"`],
    ['one part', h],
    ['two parts', `${h}.${p}`],
    ['four parts', `${good}.${s}`],
    ['five parts', `${good}.${s}.${s}`],
    ['dots', '..'],
    ['100 dots', '.'.repeat(100)],
    ['an empty header', `.${p}.${s}`],
    ['an empty payload', `${h}..${s}`],
    ['JSON serialization', json({ payload: p, signatures: [{ protected: h, signature: s }] })],
    ['PASETO', 'v4.public.eyJ4IjoxfQ'],
    ['9,000 characters', `${h}.${p}.${'A'.repeat(9_000)}`],
  ] as const) {
    add(name, text, 'malformed', 'multiple_credentials');
  }
  add('a validly signed token above 8 KiB', token({}, { x: 'x'.repeat(8_192) }), 'malformed');
  const spare = { ...claims, jti: 'jti-22' };
  for (const extra of ['', ' ', '  ']) {
    const segment = b64(JSON.stringify(spare) + extra);
    if (segment.length % 4 === 0) continue;
    const last = segment.at(-1) ?? '';
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const twin = `${segment.slice(0, -1)}${alphabet[alphabet.indexOf(last) + 1]}`;
    const input = `${h}.${twin}`;
    add(
      `unused bits set, validly signed, ${segment.length % 4}`,
      `${input}.${signer(input)}`,
      'malformed',
    );
  }

  // Claims.
  const nested = { typ: 'at+jwt', alg: 'RSA-OAEP', enc: 'A128GCM', kid: key.kid };
  add('JWE with five parts', `${b64(json(nested))}.${p}.${p}.${p}.${s}`, 'malformed');
  for (const iss of [
    `${issuer}/`,
    issuer.toUpperCase(),
    `${issuer}.evil.example`,
    `${issuer}:443`,
    issuer.replace('://', '://x@'),
    issuer.replace(/^https?/, (scheme) => (scheme === 'http' ? 'https' : 'http')),
    '*',
    '',
    'https://evil.example',
  ]) {
    add(`iss is ${iss}`, token({}, { iss }), 'unknown_issuer');
  }
  for (const iss of [null, 1, [issuer], { a: issuer }])
    add(`iss is ${json(iss)}`, token({}, { iss }), 'unknown_issuer');
  add('iss is missing', without('iss'), 'unknown_issuer');
  for (const aud of [
    `${audience}/`,
    audience.slice(0, -1),
    audience.toUpperCase(),
    `${audience} https://a.example`,
    `${audience},x`,
    'orders',
    issuer,
    '',
  ]) {
    add(`aud is ${json(aud)}`, token({}, { aud }), 'wrong_audience');
  }
  add('aud is missing', without('aud'), 'wrong_audience');
  add('aud is an empty list', token({}, { aud: [] }), 'wrong_audience');
  for (const aud of [
    { a: audience },
    [audience, 1],
    [[audience]],
    null,
    Array(33).fill(audience),
  ]) {
    add(`aud is ${json(aud).slice(0, 40)}`, token({}, { aud }), 'malformed');
  }
  add('exp is missing', without('exp'), 'malformed');
  add('exp beyond the skew', token({}, { iat: now - 600, exp: now - 30 }), 'expired');
  add('exp long ago', token({}, { iat: 1_600_000_000, exp: 1_600_000_600 }), 'expired');
  for (const exp of [
    '9999999999',
    null,
    [now + 600],
    true,
    -1,
    now + 600.5,
    now * 1000,
    32_503_680_000,
  ]) {
    add(`exp is ${json(exp)}`, token({}, { exp }), 'malformed');
  }
  add('exp is infinite', raw(header, body.replace(String(claims.exp), '1e999')), 'malformed');
  add(
    'exp with a leading zero',
    raw(header, body.replace(String(claims.exp), `0${claims.exp}`)),
    'malformed',
  );
  add('exp before iat', token({}, { iat: now + 20, exp: now + 10 }), 'malformed');
  add('a life above the hard maximum', token({}, { iat: now, exp: now + 3_601 }), 'malformed');
  add('nbf beyond the skew', token({}, { nbf: now + 31 + latenessSeconds }), 'not_yet_valid');
  add('nbf after exp', token({}, { nbf: now + 700 }), 'malformed');
  for (const nbf of ['0', null, true, 1.5])
    add(`nbf is ${json(nbf)}`, token({}, { nbf }), 'malformed');
  add('iat beyond the skew', token({}, { iat: now + 31 + latenessSeconds }), 'not_yet_valid');
  add('iat is missing', without('iat'), 'malformed');
  for (const iat of [String(now), null, -1, 0.5])
    add(`iat is ${json(iat)}`, token({}, { iat }), 'malformed');
  add('iat is infinite', raw(header, body.replace(String(claims.iat), '-1e999')), 'malformed');
  for (const name of ['sub', 'client_id', 'jti'] as const) {
    add(`${name} is missing`, without(name), 'malformed');
    for (const value of ['', 1, null, ['x'], {}, 'a\r\nb', 'a\u0000b', 'x'.repeat(256)]) {
      add(`${name} is ${json(value).slice(0, 20)}`, token({}, { [name]: value }), 'malformed');
    }
  }
  for (const scope of [['orders:read'], 1, {}, 'orders:read\torders:write', 'a  b', ' a', 'a"b']) {
    add(`scope is ${json(scope)}`, token({}, { scope }), 'malformed');
  }
  for (const cnf of [{ jkt: 'x' }, { 'x5t#S256': 'x' }, {}, null, 'x']) {
    add(`bound token without proof, cnf ${json(cnf)}`, token({}, { cnf }), 'binding_mismatch');
  }

  // Carriers.
  carry('no token', 'Bearer', 'malformed');
  carry('no token, a space', 'Bearer ', 'malformed');
  carry('two spaces', `Bearer  ${good}`, 'malformed');
  carry('a tab', `Bearer\t${good}`, 'unsupported_scheme');
  carry('no scheme', good, 'unsupported_scheme');
  carry('Basic', 'Basic b3JkZXJzOng=', 'unsupported_scheme');
  carry('another scheme', `DPoP ${good}`, 'unsupported_scheme');
  carry('two, as an HTTP API joins them', `Bearer ${good},Bearer ${good}`, 'multiple_credentials');
  carry('a list', `Bearer ${good}, ${good}`, 'multiple_credentials');
  return cases;
}
