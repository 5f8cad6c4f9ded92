import { copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Annotations, CfnOutput, Duration, FileSystem, Lazy } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import type { HttpApi, WebSocketApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type CfnFunction, Code, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { DISABLE_ASSET_STAGING_CONTEXT } from 'aws-cdk-lib/cx-api';
import { Construct } from 'constructs';
import { type BundledPolicy, toEnv } from '../../functions/authorizers/config.ts';
import { compileRoutes, type RouteTable } from '../../functions/core/routes/compile-routes.ts';
import type { Scheme } from '../../functions/core/routes/credential.ts';
import type { CompiledRoutes, Routes } from '../../functions/core/routes/route-policy.ts';
import type { TrustedIssuer } from '../../functions/core/tokens/trusted-issuer.ts';
import { announceApi, type GuardedApi } from '../announced-api.ts';
import type { Challenge } from '../challenge.ts';
import {
  bundlesDirectory,
  grantItems,
  grantRevocationLog,
  KeywardFunction,
  pollReports,
  type TableReference,
} from '../function.ts';
import { GuardedHttpApi } from '../guarded-http-api.ts';
import { GuardedRestApi, type RestAuthorizerKind } from '../guarded-rest-api.ts';
import { GuardedWebSocketApi } from '../guarded-websocket-api.ts';
import type { IKeyward } from '../keyward-ref.ts';
import { KeywardTable } from '../keyward-table.ts';
import { rendered } from '../rendered.ts';
import {
  type ApiKind,
  lagText,
  type RevocationLag,
  replaySeconds,
  revocationLags,
} from '../revocation-lag.ts';
import { defineTiers, TierKeys, type Tiers, tierKeyValues } from '../tiers.ts';

export interface RouteAuthorizerProps {
  /** The Keyward whose tokens and credentials are accepted. */
  readonly keyward: IKeyward;
  /** What a credential must be good for: the identifier of the protected API (RFC 9068 §4, RFC 8707). */
  readonly audience: string;
  /** What each route demands: `defineRoutes({…})`. Compiled here and bundled with the function. */
  readonly routes: Routes;
  /**
   * How long after its withdrawal a credential may still be let in, in seconds. What the authorizer remembers counts first,
   * API Gateway's cache gets the rest, at most 300. The bound of every route is an output of the stack; routes whose
   * decision depends on more than the credential are never replayed and have less. @default 60
   */
  readonly revocationLagSeconds?: number;
  /**
   * The header that API Gateway replays answers under. `x-api-key` makes routes cacheable whose credentials stand there and
   * nowhere else. @default authorization
   */
  readonly identity?: CompiledRoutes['identity'];
  /** Usage plans of the REST APIs, by the tier of a credential. @default none */
  readonly tiers?: Tiers;
  /**
   * MiB. A decision is computing and little of it, so more buys a shorter first request after a start (10 to 17 ms at the
   * default, four times as long at 128) and hardly changes the bill: no decision is charged less than a millisecond.
   * @default 512; 1769 where passwords are hashed
   */
  readonly memorySize?: number;
}

/** What one kind of authorizer is made of. */
export interface AuthorizerKind {
  /** Name of its prebuilt bundle. */
  readonly bundle: string;
  readonly description: string;
  readonly schemes: readonly Scheme[];
  readonly trustedIssuers?: readonly TrustedIssuer[];
}

const timeoutSecondsMax = 5;

/** One vCPU: a password takes 30 to 50 ms of it. */
const passwordMemoryMiB = 1_769;

/**
 * A Lambda authorizer over one route table, for any number of REST, HTTP and WebSocket APIs. Its function reads what the
 * accepted schemes need and nothing else.
 */
export class RouteAuthorizer extends Construct {
  /** For alarms. */
  readonly function: LambdaFunction;
  readonly keyward: IKeyward;
  readonly routes: Routes;
  readonly table: RouteTable;
  /** How long API Gateway replays an answer. */
  readonly cacheTtl: Duration;
  readonly #props: RouteAuthorizerProps;
  readonly #tierKeys: TierKeys | undefined;
  readonly #webSocketApis = new Set<WebSocketApi>();
  #connections: KeywardTable | undefined;
  #outputs = 0;

  constructor(scope: Construct, id: string, props: RouteAuthorizerProps, kind: AuthorizerKind) {
    super(scope, id);
    this.#props = props;
    this.keyward = props.keyward;
    const { keyward, routes, identity = 'authorization' } = props;
    const tiers = defineTiers(props.tiers ?? {});
    // Values are unique in an account and Region, and construct paths are not.
    const node = `${props.audience} ${this.node.addr}`;
    const replayed = replaySeconds(props.revocationLagSeconds ?? 60, keyward.settings);
    this.cacheTtl = Duration.seconds(replayed);
    this.routes = routes;
    this.table = compileRoutes(routes, { identity, isReplayed: replayed > 0 });
    const accepted = acceptedSchemes(routes, kind.schemes);
    for (const obstacle of this.table.obstacles) {
      Annotations.of(this).addWarningV2(
        'keyward:no-policy-for-the-whole-api',
        `answers are replayed route by route: ${obstacle}`,
      );
    }
    const { obstacles: _o, silentRefusal: _s, ...table } = this.table;
    const folder = folderWithPolicy(kind.bundle, {
      table,
      trustedIssuers: kind.trustedIssuers ?? [],
      tiers: tierKeyValues(node, tiers),
    });
    this.function = new KeywardFunction(this, 'Function', {
      bundle: Code.fromAsset(folder),
      description: kind.description,
      memorySize: props.memorySize ?? (accepted.has('basic') ? passwordMemoryMiB : 512),
      timeoutSeconds: timeoutSecondsMax,
      environment: toEnv({
        issuer: keyward.issuer,
        audience: props.audience,
        verificationTable: keyward.verification.tableName,
        clientsTable: keyward.clients.tableName,
        countersTable: keyward.counters.tableName,
        connectionsTable: Lazy.string({ produce: () => this.#connections?.tableName ?? '' }),
        clockSkewSeconds: keyward.settings.clockSkewSeconds,
        accessTokenLifetimeMaxSeconds: keyward.settings.accessTokenLifetimeMaxSeconds,
        ringHoldSeconds: keyward.settings.ringHoldSeconds,
        publishedKeysCacheSeconds: keyward.settings.publishedKeysCacheSeconds,
        credentialCacheSeconds: keyward.settings.credentialCacheSeconds,
        revocationPollSeconds: keyward.settings.revocationPollSeconds,
        revocationMaxStaleSeconds: keyward.settings.revocationMaxStaleSeconds,
        apiKeyPrefix: keyward.apiKeyFormat.prefix,
        apiKeyEnvironment: keyward.apiKeyFormat.environment,
      }),
    });
    // The asset is staged by now, unless staging is off and the template refers to the folder itself.
    if (!this.node.tryGetContext(DISABLE_ASSET_STAGING_CONTEXT))
      rmSync(folder, { recursive: true });
    this.#grant(accepted);
    this.node.addValidation({ validate: () => this.#functionProblems() });
    this.#tierKeys =
      Object.keys(tiers).length === 0 ? undefined : new TierKeys(this, 'Tiers', { tiers, node });
  }

  /**
   * Puts this authorizer in front of a REST API: `guard.methodOptions('GET /orders')` goes to `addMethod`. Synth fails,
   * naming the route, when something is open that should not be. Adds the gateway responses that carry the challenges, and
   * the usage plans where there are tiers.
   *
   * @param kind `token` for an authorizer that is shown one header and nothing else; then every route must be decidable by
   *   the credential alone
   */
  guardRestApi(
    api: RestApi,
    challenge: Challenge,
    kind: RestAuthorizerKind = 'request',
  ): GuardedRestApi {
    const { tiers = {} } = this.#props;
    const guard = new GuardedRestApi(api, {
      ...{ routes: this.routes, table: this.table, challenge, kind },
      ...{ handler: this.function, name: this.node.id, cacheTtl: this.cacheTtl },
      meter: this.#tierKeys === undefined ? undefined : () => this.#tierKeys?.meter(api, tiers),
    });
    this.#announce('rest', api);
    return guard;
  }

  /** Puts this authorizer in front of an HTTP API: `guard.authorizer('GET /orders')` goes to `addRoutes`. */
  guardHttpApi(api: HttpApi): GuardedHttpApi {
    this.#announce('http', api);
    return new GuardedHttpApi(api, {
      ...{ routes: this.routes, table: this.table },
      ...{ handler: this.function, name: this.node.id, cacheTtl: this.cacheTtl },
    });
  }

  /**
   * Puts this authorizer in front of the `$connect` of a WebSocket API: `guard.authorizer()` goes to `connectRouteOptions`.
   *
   * @param api may be left out where the authorizer is needed to make it
   */
  guardWebSocketApi(api?: WebSocketApi): GuardedWebSocketApi {
    const guard = new GuardedWebSocketApi(api, {
      ...{ routes: this.routes, table: this.table, handler: this.function, name: this.node.id },
      onApi: (watched) => {
        this.#webSocketApis.add(watched);
        this.#announce('websocket', watched);
      },
    });
    this.node.addValidation({
      validate: () =>
        guard.isAttached
          ? []
          : [
              '$connect is guarded but no WebSocket API was given the authorizer: it may be left open',
            ],
    });
    return guard;
  }

  /** Does it stand in front of that `$connect`? It may be told later that it does. */
  isGuarding(api: WebSocketApi): boolean {
    return this.#webSocketApis.has(api);
  }

  /**
   * The table in which it remembers the connections that it lets in, for whoever closes them; made when it is first asked
   * for. From then on no connection is let in that could not be remembered. Nothing in it matters for longer than the two
   * hours that a connection lives, so it goes with its stack.
   */
  rememberConnections(): TableReference {
    if (this.#connections === undefined) {
      this.#connections = new KeywardTable(this, 'Connections', { stage: 'dev', sorted: true });
      this.function.addToRolePolicy(
        new PolicyStatement({
          effect: Effect.ALLOW,
          actions: ['dynamodb:UpdateItem'],
          resources: [this.#connections.tableArn],
        }),
      );
    }
    return this.#connections;
  }

  /** After how many seconds a withdrawn credential is refused for certain, route by route. */
  revocationLags(kind: ApiKind): ReadonlyMap<string, RevocationLag> {
    const { keyward } = this;
    const replayed = this.cacheTtl.toSeconds();
    return revocationLags(kind, this.routes, this.table, replayed, keyward.settings);
  }

  /** API Gateway gives up on an authorizer that takes much longer, and a caller has waited for nothing. */
  #functionProblems(): string[] {
    const { Timeout = 3 } = rendered(this.function.node.defaultChild as CfnFunction);
    if (Number(Timeout) <= timeoutSecondsMax) return [];
    const guarded = Object.keys(this.table.routes).join(', ');
    return [
      `${this.function.node.path} may take ${Timeout} s, and an authorizer at most ${timeoutSecondsMax}: it decides ${guarded}`,
    ];
  }

  #announce(kind: ApiKind, api: GuardedApi): void {
    const lags = this.revocationLags(kind);
    const value = lagText(lags);
    if (value === '') return;
    const { name } = this.#props.keyward;
    announceApi(api, { keyward: name, kind, lags, authorizer: this.node.addr.slice(-8) });
    this.#outputs += 1;
    new CfnOutput(this, `RevocationLag${this.#outputs}`, {
      description: `seconds after which a token, key, user, certificate or signing key that was revoked is refused for certain: ${api.node.path}, ${kind}`,
      value,
    });
  }

  /** What the accepted schemes read and write; a right of each table's own. */
  #grant(accepted: ReadonlySet<Scheme>): void {
    const { keyward, routes } = this;
    const read = ['dynamodb:GetItem'];
    if (accepted.size > 0) grantRevocationLog(this.function, keyward.verification);
    if (accepted.has('bearer')) grantItems(this.function, keyward.verification, read, ['JWKS']);
    const records = [
      ...(accepted.has('apikey') ? ['AK#*'] : []),
      ...(accepted.has('basic') ? ['BU#*'] : []),
      ...(accepted.has('certificate') ? ['CP#*', 'CR#*', 'CX#*'] : []),
    ];
    if (records.length > 0) grantItems(this.function, keyward.clients, read, records);
    const isLimited = Object.values(routes).some(
      (policy) => !policy.public && policy.rateLimit !== undefined,
    );
    const counted = [
      ...(accepted.size > 0 ? [pollReports] : []),
      ...(accepted.has('apikey') ? ['SEEN#*'] : []),
      ...(isLimited ? ['LIM#rate#*'] : []),
      ...(accepted.has('basic') ? ['LIM#basic#*'] : []),
    ];
    if (counted.length > 0) {
      grantItems(this.function, keyward.counters, ['dynamodb:UpdateItem'], counted);
    }
    if (accepted.has('basic')) {
      grantItems(this.function, keyward.counters, read, ['LIM#basic#*']);
    }
  }
}

function acceptedSchemes(routes: Routes, supported: readonly Scheme[]): ReadonlySet<Scheme> {
  const accepted = new Set<Scheme>();
  for (const [key, policy] of Object.entries(routes)) {
    if (policy.public) continue;
    for (const scheme of policy.schemes) {
      if (!supported.includes(scheme)) {
        throw new Error(
          `route "${key}": this authorizer has no scheme ${scheme}, only ${supported.join(', ')}; CombinedAuthorizer has all`,
        );
      }
      accepted.add(scheme);
    }
  }
  return accepted;
}

/** The reviewed bundle plus what this application decided. Same content, same hash, wherever it is assembled. */
function folderWithPolicy(bundle: string, policy: BundledPolicy): string {
  const folder = FileSystem.mkdtemp('keyward-authorizer-');
  copyFileSync(join(bundlesDirectory, bundle, 'index.mjs'), join(folder, 'index.mjs'));
  writeFileSync(join(folder, 'policy.json'), JSON.stringify(policy));
  return folder;
}
