import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { AccessDecided } from '../../functions/core/audit.ts';
import { signAccessToken } from '../../functions/core/tokens/access-token-signer.ts';
import type { FaultRule } from '../../local/aws/fault.ts';
import { host } from '../../local/host.ts';
import {
  type CertificateOrder,
  type KeyedCertificate,
  loadAuthority,
} from '../../local/tls/certificate-authority.ts';
import { ask } from './ask.ts';
import { decisionLog } from './decision-log.ts';
import { restAuthorizerEvent } from './events/authorizer.ts';
import { audience, authorizerParameter, outcomesAssembly, strongAcr } from './outcomes-app.ts';
import { ringOf } from './ring-of.ts';
import { shake } from './web-socket-client.ts';

/** Ways in that answer differently. */
export const surfaces = [
  'REST, cached',
  'REST, not cached',
  'REST, TOKEN',
  'HTTP API, cached',
  'HTTP API, not cached',
  'WebSocket $connect',
  'mutual TLS',
] as const;

export type Surface = (typeof surfaces)[number];

export interface Message {
  /** @default the surface's own route, which demands a scope */
  readonly path?: string;
  /** One value, or several headers of the name. */
  readonly authorization?: string | readonly string[];
  readonly certificate?: KeyedCertificate;
  /** Of the surface's kind, other than its own: a REST API that answers a step-up 401, a `$connect` with `ip`. */
  readonly api?: 'StepUp' | 'Elsewhere';
}

/** What became of a request: what its sender was told, and what was written down. */
export interface Told {
  /** `undefined` where there was no TLS handshake. */
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  /** `undefined` where no authorizer was asked. */
  readonly decision: AccessDecided | undefined;
}

type Members = Readonly<Record<string, unknown>>;

/** One API of each kind, hosted; with whatever credential a case needs. */
export interface OutcomesWorld {
  send(surface: Surface, message: Message): Promise<Told>;
  /** An access token that is good for everything, but for the claims that are changed; `undefined` takes one away. */
  token(claims?: Members): string;
  /** An API key as an `Authorization` value. @param members of the command that makes it */
  apiKey(members?: Members): Promise<string>;
  user(members?: Members): Promise<{ readonly username: string; readonly password: string }>;
  /** A certificate of the authority that the domain trusts. */
  certificate(order?: Partial<CertificateOrder>): Promise<KeyedCertificate>;
  /** The same, pinned. */
  pinned(members?: Members): Promise<KeyedCertificate>;
  /** PEM of that authority. */
  readonly authorityPem: string;
  /** Runs an operator command; throws what was refused. */
  admin(command: Members): Promise<Members>;
  /** Takes effect until what it answers is called. */
  inject(rule: FaultRule): () => void;
  stop(): Promise<void>;
}

export async function outcomesWorld(): Promise<OutcomesWorld> {
  const log = decisionLog();
  // With one environment for each function their lines arrive in the order of the requests.
  const hosted = await host(outcomesAssembly(), {
    ...{ basePort: 0, environmentsMax: 1, functionLog: log.take },
  });
  const { functions, parameters, tls, urls, apis, endpoint } = hosted;
  if (tls === undefined) throw new Error('there is a domain with mutual TLS');
  const authorityPem = readFileSync(tls.caFile, 'utf8');
  const authority = await loadAuthority({
    certificatePem: authorityPem,
    privateKeyPem: readFileSync(join(dirname(tls.caFile), 'ca-key.pem'), 'utf8'),
  });
  const ring = ringOf(hosted);
  const urlOf = (id: string): string => {
    const found = apis.find(({ logicalId }) => logicalId.startsWith(`${id}Api`));
    if (found === undefined) throw new Error(`no API ${id}`);
    return found.url;
  };
  const places: Readonly<Record<Surface, { readonly url: string; readonly path: string }>> = {
    'REST, cached': { url: urlOf('Rest'), path: '/cached' },
    'REST, not cached': { url: urlOf('Rest'), path: '/uncached' },
    'REST, TOKEN': { url: urlOf('Token'), path: '/cached' },
    'HTTP API, cached': { url: urlOf('Http'), path: '/cached' },
    'HTTP API, not cached': { url: urlOf('Http'), path: '/uncached' },
    'WebSocket $connect': { url: urls.webSocketApi, path: '' },
    'mutual TLS': { url: urls.mutualTlsApi, path: '/uncached' },
  };
  let made = 0;
  const fresh = (): string => `outcome-${++made}`;

  function certificate(order: Partial<CertificateOrder> = {}): Promise<KeyedCertificate> {
    return authority.issue({ ...{ commonName: fresh(), usage: 'client' }, ...order });
  }

  async function admin(command: Members): Promise<Members> {
    const arn = parameters.get('/keyward/default/v1/admin-arn') ?? '';
    const answer = await functions.invoke(arn, JSON.stringify(command), { service: null });
    if (answer.kind !== 'answer') throw new Error(`the admin function: ${answer.kind}`);
    const { ok, result, error } = JSON.parse(answer.payload) as Record<string, never>;
    if (!ok) throw new Error(JSON.stringify(error));
    return result as unknown as Members;
  }

  /** Asks the authorizer that a message went to, and so learns that every line of it before has arrived. */
  async function settled(surface: Surface, { api }: Message): Promise<string> {
    const requestId = fresh();
    const event = restAuthorizerEvent('GET /nowhere', undefined);
    const requestContext = { ...event.requestContext, requestId };
    const name = surface === 'REST, TOKEN' ? 'Token' : api === 'Elsewhere' ? api : 'Routes';
    const arn = parameters.get(authorizerParameter(name)) ?? '';
    const payload = JSON.stringify({ ...event, requestContext });
    await functions.invoke(arn, payload, { service: null });
    await log.decided(requestId);
    return requestId;
  }

  async function send(surface: Surface, message: Message): Promise<Told> {
    const before = log.decisions.length;
    const answer = await answerOf(surface, message);
    const sentinel = await settled(surface, message);
    const decisions = log.decisions.slice(before).filter(({ requestId }) => requestId !== sentinel);
    if (decisions.length > 1) throw new Error(`${decisions.length} decisions about one request`);
    return { ...answer, decision: decisions[0] };
  }

  async function answerOf(
    surface: Surface,
    { path, authorization, certificate, api }: Message,
  ): Promise<Omit<Told, 'decision'>> {
    const place = places[surface];
    const url = api === undefined ? place.url : urlOf(api);
    const values = authorization === undefined ? [] : [authorization].flat();
    if (surface === 'WebSocket $connect') {
      const to = path === undefined ? url : new URL(path, url).href;
      return connect(to, values);
    }
    const headers = values.flatMap((value) => ['Authorization', value]);
    const client =
      certificate === undefined
        ? {}
        : { cert: certificate.certificatePem, key: certificate.privateKeyPem };
    try {
      const asked = ask(url, path ?? place.path, { headers }, { ca: authorityPem, ...client });
      const { status, headers: answered, text } = await asked;
      return { status, headers: answered, body: text };
    } catch (cause) {
      const { code = '' } = cause as NodeJS.ErrnoException;
      const isTls = surface === 'mutual TLS' && /^(?:ERR_SSL_\w+|ECONNRESET|EPIPE)$/.test(code);
      if (!isTls) throw cause;
      return { status: undefined, headers: {}, body: '' };
    }
  }

  return {
    ...{ send, admin, authorityPem },
    inject: (rule) => endpoint.inject(rule),
    token(claims = {}) {
      const now = Math.floor(Date.now() / 1000);
      const subject = fresh();
      const { token } = signAccessToken(ring, 'RS256', {
        ...{ iss: urls.issuer, aud: audience, sub: subject, client_id: subject, jti: subject },
        ...{ iat: now - 1, exp: now + 600, scope: 'read', acr: strongAcr, auth_time: now - 1 },
        ...claims,
      });
      return token;
    },
    async apiKey(members = {}) {
      const command = { command: 'api-keys.create', name: fresh(), scope: ['read'], ...members };
      return `ApiKey ${(await admin(command)).api_key}`;
    },
    async user(members = {}) {
      const command = { command: 'users.create', username: fresh(), scope: ['read'], ...members };
      const { username, password } = await admin(command);
      return { username: String(username), password: String(password) };
    },
    certificate,
    async pinned(members = {}) {
      const issued = await certificate();
      await admin({
        ...{ command: 'certificates.add', name: fresh(), scope: ['read'] },
        ...{ certificate: issued.certificatePem, ...members },
      });
      return issued;
    },
    stop: () => hosted.stop(),
  };
}

/** A handshake that is accepted is ended at once. */
async function connect(
  url: string,
  authorization: readonly string[],
): Promise<Omit<Told, 'decision'>> {
  const headers = authorization.length === 0 ? {} : { Authorization: [...authorization] };
  const answer = await shake(url, { headers });
  if ('status' in answer) {
    return { status: answer.status, headers: answer.headers, body: answer.text };
  }
  answer.socket.terminate();
  return { status: 101, headers: {}, body: '' };
}
