import type { KeyRing } from '../keys/key-ring.ts';
import { RingUnavailable } from '../ports/signing-keys.ts';
import type { Algorithm } from './algorithm.ts';
import { importSigner, type Signer } from './signature.ts';

/** What is signed: values of `typ` (RFC 9068 §2.1, RFC 9701 §5). */
type SignedType = 'at+jwt' | 'token-introspection+jwt';

interface ActiveKey {
  readonly kid: string;
  /** The encoded header: the same for every token of this key and type. */
  readonly header: string;
  readonly sign: Signer;
}

/** Imported once per ring; a ring that is replaced takes its keys along. */
const imported = new WeakMap<KeyRing, Map<string, ActiveKey>>();

/** Signs a JWT with the ring's active key of that algorithm. */
export function signWithRing(
  ring: KeyRing,
  alg: Algorithm,
  typ: SignedType,
  claims: object,
): { readonly token: string; readonly kid: string } {
  const key = activeKey(ring, alg, typ);
  const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
  const input = `${key.header}.${payload}`;
  return { token: `${input}.${key.sign(input)}`, kid: key.kid };
}

function activeKey(ring: KeyRing, alg: Algorithm, typ: SignedType): ActiveKey {
  let keys = imported.get(ring);
  if (keys === undefined) {
    keys = new Map();
    imported.set(ring, keys);
  }
  const use = `${alg} ${typ}`;
  let key = keys.get(use);
  if (key === undefined) {
    const found = ring.keys.find((one) => one.alg === alg && one.state === 'active');
    if (found?.state !== 'active') throw new RingUnavailable(`no active ${alg} key`);
    const header = JSON.stringify({ typ, alg, kid: found.kid });
    key = {
      kid: found.kid,
      header: Buffer.from(header).toString('base64url'),
      sign: importSigner(found.private, alg),
    };
    keys.set(use, key);
  }
  return key;
}
