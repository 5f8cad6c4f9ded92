import { isAddressIn, isAddressRange } from '../address-range.ts';
import { digest } from '../digest.ts';
import type { RecordReader } from '../records/record-reader.ts';
import type { Scheme } from '../routes/credential.ts';
import type { DenyReason } from '../routes/decision.ts';
import type { Principal } from '../routes/principal.ts';
import { isResourceIndicator, resourceValuesMax } from '../tokens/resource.ts';
import { isScopeToken } from '../tokens/scope.ts';

/** What API keys, Basic users and certificates have in common: whom they stand for, and what that one may do where. */
export interface Grantee {
  /** Stays the same when the credential is replaced: what backends know the caller by. May be anything an operator means. */
  readonly owner: string;
  readonly scope: readonly string[];
  /** The APIs that it is good for (RFC 8707). */
  readonly resources: readonly string[];
  readonly status: 'enabled' | 'disabled';
  /** Epoch seconds from which on it is refused. Absent: it does not expire. */
  readonly expiresAt?: number;
  /** Where it may be used from, in CIDR notation; empty: from anywhere. */
  readonly addresses: readonly string[];
  /** The usage plan that its calls are counted in. */
  readonly tier?: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** The grantee in a stored record; throws where a member is broken. */
export function readGrantee(record: RecordReader): Grantee {
  const expiresAt = record.integerOr('expiresAt', undefined);
  const tier = record.textOr('tier', undefined);
  return {
    owner: record.text('owner'),
    scope: record.texts('scope'),
    resources: record.texts('resources'),
    status: record.oneOf('status', ['enabled', 'disabled']),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    addresses: record.texts('addresses'),
    ...(tier === undefined ? {} : { tier }),
    createdAt: record.integer('createdAt'),
    updatedAt: record.integer('updatedAt'),
  };
}

/** The first rule that a grantee breaks, in words for the operator who is about to write it. */
export function brokenGranteeRule(grantee: Grantee): string | undefined {
  const { owner, scope, resources, addresses, tier } = grantee;
  const rules: readonly (readonly [boolean, string])[] = [
    [isOwner(owner), 'owner may hold 1 to 128 of A-Z a-z 0-9 _ . ~ @ : / -'],
    [
      scope.length <= 100 && scope.every(isScopeToken),
      'scope must be at most 100 scope tokens (RFC 6749 §3.3)',
    ],
    [
      resources.length > 0 &&
        resources.length <= resourceValuesMax &&
        resources.every(isResourceIndicator),
      'resources must be 1 to 20 absolute URIs without a fragment (RFC 8707 §2)',
    ],
    [
      addresses.length <= 20 && addresses.every(isAddressRange),
      'addresses must be at most 20 addresses or CIDR ranges',
    ],
    [tier === undefined || isTier(tier), 'tier must be 1 to 40 of a-z 0-9 -'],
  ];
  return rules.find(([holds]) => !holds)?.[1];
}

/**
 * Whom a credential stands for that nobody gave an owner: itself. Its kind comes first, because backends know a caller by
 * issuer, subject and client: a user, a key and an OAuth client of one name are three callers, and no client_id has a colon.
 * Of an id with characters that no owner has, it is the digest.
 */
export function defaultOwner(kind: 'apikey' | 'user' | 'certificate', id: string): string {
  const owner = `${kind}:${id}`;
  // Not the name of any user (there is a colon in it), nor of a rule, which begins with dns, uri or email.
  return isOwner(owner) ? owner : `${kind}:sha256:${digest(id)}`;
}

function isOwner(value: string): boolean {
  return /^[A-Za-z0-9_.~@:/-]{1,128}$/.test(value);
}

export function isTier(value: string): boolean {
  return /^[a-z0-9-]{1,40}$/.test(value);
}

/** What a credential is held against, beside its own secret. */
export interface GranteeCircumstances {
  readonly audience: string;
  readonly sourceIp: string | undefined;
  /** The answer is replayed for whoever presents the credential, so no address can decide. */
  readonly isReplayed: boolean;
  readonly now: number;
}

/** Why a credential whose secret was right is refused all the same. */
export function granteeProblem(
  grantee: Grantee,
  { audience, sourceIp, isReplayed, now }: GranteeCircumstances,
): DenyReason | undefined {
  if (grantee.status !== 'enabled') return 'key_disabled';
  if (grantee.expiresAt !== undefined && now >= grantee.expiresAt) return 'key_expired';
  if (!grantee.resources.includes(audience)) return 'wrong_audience';
  if (grantee.addresses.length === 0) return undefined;
  if (isReplayed || sourceIp === undefined) return 'ip_denied';
  return isAddressIn(sourceIp, grantee.addresses) ? undefined : 'ip_denied';
}

/** @param issuer of the deployment that keeps the record */
export function granteePrincipal(
  scheme: Scheme,
  grantee: Grantee,
  issuer: string,
  credentialId: string,
): Principal {
  const { owner, scope, resources, expiresAt, tier } = grantee;
  return {
    scheme,
    issuer,
    subject: owner,
    clientId: owner,
    scope,
    roles: [],
    audience: resources,
    credentialId,
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(tier === undefined ? {} : { tier }),
  };
}
