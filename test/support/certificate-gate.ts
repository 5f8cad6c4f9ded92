import { memoryRegistry } from '../../functions/adapters/memory/registry.ts';
import { systemRandomness } from '../../functions/adapters/system/randomness.ts';
import { admin } from '../../functions/admin/admin.ts';
import type { CertificateAdministration } from '../../functions/admin/certificates.ts';
import type { AdminAnswer } from '../../functions/admin/commands.ts';
import { authorizer } from '../../functions/authorizers/authorizer.ts';
import { certificateAuthenticator } from '../../functions/authorizers/mtls/authenticate.ts';
import type { AuditEvent } from '../../functions/core/audit.ts';
import { certificatePinKind } from '../../functions/core/certificates/certificate-pin.ts';
import { certificateRuleKind } from '../../functions/core/certificates/certificate-rule.ts';
import { revokedCertificateKind } from '../../functions/core/certificates/revoked-certificate.ts';
import { clientKind } from '../../functions/core/clients/client-record.ts';
import type { Lookup } from '../../functions/core/ports/lookup.ts';
import type { Registry } from '../../functions/core/ports/registry.ts';
import { cachedLookup } from '../../functions/core/records/cached-lookup.ts';
import type { RecordKind } from '../../functions/core/records/record-kind.ts';
import { compileRoutes } from '../../functions/core/routes/compile-routes.ts';
import { type Routes, requires } from '../../functions/core/routes/route-policy.ts';
import { authorizerContext } from '../../functions/gateway/authorizer-context.ts';
import { restAuthRequest } from '../../functions/gateway/rest-authorizer.ts';
import { adminPorts } from './admin-ports.ts';
import { restAuthorizerEvent } from './events/authorizer.ts';
import { emptyLog } from './revocations.ts';

export const issuer = 'https://auth.example.com';
export const audience = 'https://orders.example.com';
export const cacheSeconds = 60;

type Registries = Omit<CertificateAdministration, 'defaultResource'>;
type Command = Readonly<Record<string, unknown>>;

export interface CertificateGate {
  readonly clock: { seconds: number };
  readonly audit: AuditEvent[];
  /** Kinds of record whose store does not answer. */
  readonly away: Set<string>;
  ask(command: Command): Promise<AdminAnswer>;
  /** The result of a command that is carried out. */
  done(command: Command): Promise<Record<string, unknown>>;
  /** The code and the sentence of a command that is refused. */
  refusal(command: Command): Promise<string>;
  /** How a call ends that comes with this certificate: `allow`, or the reason in the record of the decision. */
  enter(pem: string, options?: EntryOptions): Promise<string>;
  /** What the backend is told of a call that was let in. */
  context(pem: string): Promise<Readonly<Record<string, unknown>>>;
}

export interface EntryOptions {
  readonly route?: string;
  readonly sourceIp?: string;
}

const routes: Routes = {
  'GET /open': requires({ schemes: ['certificate'] }),
  'GET /orders': requires({ schemes: ['certificate'], scopes: ['orders:read'] }),
  'GET /strict': requires({ schemes: ['certificate'], revocation: 'strict' }),
};

/**
 * The operator's commands for certificates, and an authorizer over the same records: in memory unless other stores are
 * given, at a time that the test moves from now on.
 */
export function certificateGate(registries: Registries = memoryRegistries()): CertificateGate {
  const clock = { seconds: Math.floor(Date.now() / 1000) };
  const audit: AuditEvent[] = [];
  const away = new Set<string>();
  const ports = {
    clock: { now: () => clock.seconds },
    randomness: systemRandomness,
    audit: { write: (event: AuditEvent) => audit.push(event) },
  };
  const run = admin(
    adminPorts({
      ...ports,
      ...registries,
      clients: memoryRegistry(clientKind),
      keys: { read: async () => undefined },
      limits: { grantTypes: [], accessTokenLifetimeMaxSeconds: 3_600 },
      defaultResource: audience,
      publicationLeadSeconds: 0,
      publishedKeysMax: 10,
    }),
  );
  const lookup = <T>({ name }: RecordKind<T>, registry: Registry<T>): Lookup<T> =>
    cachedLookup(
      {
        async find(id) {
          if (away.has(name)) throw new Error('canary: the store is away');
          return (await registry.read(id))?.record;
        },
      },
      { ttlSeconds: cacheSeconds, clock: ports.clock, markOf: (id) => id },
    );
  const decide = authorizer({
    ...ports,
    table: compileRoutes(routes),
    revocations: emptyLog(),
    stopwatch: () => 0,
    authenticators: [
      certificateAuthenticator({
        pins: lookup(certificatePinKind, registries.certificatePins),
        rules: lookup(certificateRuleKind, registries.certificateRules),
        revoked: lookup(revokedCertificateKind, registries.revokedCertificates),
        issuer,
        audience,
      }),
    ],
  });

  async function call(pem: string, { route = 'GET /open', sourceIp = '192.0.2.1' }: EntryOptions) {
    const event = restAuthorizerEvent(route, undefined);
    const { identity } = event.requestContext;
    const clientCert = { clientCertPem: pem } as typeof identity.clientCert;
    const requestContext = {
      ...event.requestContext,
      identity: { ...identity, clientCert, sourceIp },
    };
    const request = restAuthRequest({ ...event, requestContext });
    return { request, judgement: await decide(request) };
  }

  async function done(command: Command): Promise<Record<string, unknown>> {
    const answer = await run(command, 'r1');
    if (!answer.ok) throw new Error(`${answer.error.code}: ${answer.error.message}`);
    return answer.result as Record<string, unknown>;
  }

  return {
    clock,
    audit,
    away,
    ask: (command) => run(command, 'r1'),
    done,
    async refusal(command) {
      const answer = await run(command, 'r1');
      return answer.ok ? 'done' : `${answer.error.code}: ${answer.error.message}`;
    },
    async enter(pem, options = {}) {
      const { decision } = (await call(pem, options)).judgement;
      return decision.outcome === 'allow' ? 'allow' : decision.reason;
    },
    async context(pem) {
      return authorizerContext((await call(pem, {})).judgement);
    },
  };
}

function memoryRegistries(): Registries {
  return {
    certificatePins: memoryRegistry(certificatePinKind),
    certificateRules: memoryRegistry(certificateRuleKind),
    revokedCertificates: memoryRegistry(revokedCertificateKind),
  };
}
