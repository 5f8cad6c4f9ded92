import { copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Duration, FileSystem } from 'aws-cdk-lib';
import { IdentitySource, RequestAuthorizer, type RestApi } from 'aws-cdk-lib/aws-apigateway';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import {
  HttpLambdaAuthorizer,
  HttpLambdaResponseType,
} from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { Code, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { DISABLE_ASSET_STAGING_CONTEXT } from 'aws-cdk-lib/cx-api';
import { Construct } from 'constructs';
import { toEnv } from '../../functions/authorizers/jwt/config.ts';
import { compileRoutes } from '../../functions/core/compile-routes.ts';
import type { Routes } from '../../functions/core/route-policy.ts';
import { brokenIssuerRule, type TrustedIssuer } from '../../functions/core/trusted-issuer.ts';
import { bundlesDirectory, grantItems, KeywardFunction } from '../function.ts';
import { GuardedHttpApi } from '../guarded-http-api.ts';
import { type Challenge, GuardedRestApi } from '../guarded-rest-api.ts';
import type { IKeyward } from '../keyward-ref.ts';

export interface JwtAuthorizerProps {
  /** The Keyward whose tokens are accepted. */
  readonly keyward: IKeyward;
  /** What `aud` must contain: the identifier of the protected API (RFC 9068 §4). */
  readonly audience: string;
  /** What each route demands: `defineRoutes({…})`. Compiled here and bundled with the function. */
  readonly routes: Routes;
  /** Other issuers whose tokens are accepted as well: `cognito({…})`, `auth0({…})`, … @default none */
  readonly trustedIssuers?: readonly TrustedIssuer[];
  /**
   * How old a decision of API Gateway's cache may be, in seconds. The cache is keyed by credential and route, so an
   * answer serves that route alone. 0 asks the function every time. @default 55
   */
  readonly cacheTtlSeconds?: number;
  /** MiB. @default 512 */
  readonly memorySize?: number;
}

/**
 * A Lambda authorizer for JWT access tokens, for any number of REST and HTTP APIs that share one route table. Its
 * function reads the public keys and nothing else.
 */
export class JwtAuthorizer extends Construct {
  /** For alarms. */
  readonly function: LambdaFunction;
  readonly routes: Routes;
  readonly cacheTtl: Duration;

  constructor(scope: Construct, id: string, props: JwtAuthorizerProps) {
    super(scope, id);
    const { keyward } = props;
    const seconds = props.cacheTtlSeconds ?? 55;
    if (!Number.isInteger(seconds) || seconds < 0 || seconds > 300) {
      throw new Error(`cacheTtlSeconds must be a whole number from 0 to 300, not ${seconds}`);
    }
    for (const trusted of props.trustedIssuers ?? []) {
      const broken = brokenIssuerRule(trusted);
      if (broken !== undefined) throw new Error(`trustedIssuers: ${broken}`);
    }
    this.cacheTtl = Duration.seconds(seconds);
    this.routes = props.routes;
    const folder = folderWithPolicy({
      routes: compileRoutes(props.routes),
      trustedIssuers: props.trustedIssuers ?? [],
    });
    this.function = new KeywardFunction(this, 'Function', {
      bundle: Code.fromAsset(folder),
      description: 'Keyward: JWT authorizer',
      memorySize: props.memorySize ?? 512,
      timeoutSeconds: 5,
      environment: toEnv({
        issuer: keyward.issuer,
        audience: props.audience,
        verificationTable: keyward.verification.tableName,
        clockSkewSeconds: keyward.settings.clockSkewSeconds,
        accessTokenLifetimeMaxSeconds: keyward.settings.accessTokenLifetimeMaxSeconds,
        ringHoldSeconds: keyward.settings.ringHoldSeconds,
        publishedKeysCacheSeconds: keyward.settings.publishedKeysCacheSeconds,
      }),
    });
    // The asset is staged by now, unless staging is off and the template refers to the folder itself.
    if (!this.node.tryGetContext(DISABLE_ASSET_STAGING_CONTEXT))
      rmSync(folder, { recursive: true });
    grantItems(this.function, keyward.verification, ['dynamodb:GetItem'], ['JWKS']);
  }

  /**
   * Puts this authorizer in front of a REST API: `guard.methodOptions('GET /orders')` goes to `addMethod`. Synth fails
   * when a method has no policy or a policy no method. Adds the gateway responses that carry the challenges.
   */
  guardRestApi(api: RestApi, challenge: Challenge): GuardedRestApi {
    const handler = this.function;
    const cached = () =>
      new RequestAuthorizer(api, `${this.node.id}Cached`, {
        handler,
        identitySources: [
          IdentitySource.header('Authorization'),
          IdentitySource.context('resourcePath'),
          IdentitySource.context('httpMethod'),
        ],
        resultsCacheTtl: this.cacheTtl,
      });
    // Without an identity source the function sees every request, which is what an uncacheable decision needs.
    const uncached = () =>
      new RequestAuthorizer(api, `${this.node.id}Uncached`, {
        handler,
        identitySources: [],
        resultsCacheTtl: Duration.seconds(0),
      });
    return new GuardedRestApi(api, { routes: this.routes, cached, uncached, challenge });
  }

  /** Puts this authorizer in front of an HTTP API: `guard.authorizer('GET /orders')` goes to `addRoutes`. */
  guardHttpApi(api: HttpApi): GuardedHttpApi {
    const authorizer = (name: string, ttl: Duration, identitySource: string[]) =>
      new HttpLambdaAuthorizer(`${this.node.id}${name}`, this.function, {
        responseTypes: [HttpLambdaResponseType.SIMPLE],
        resultsCacheTtl: ttl,
        identitySource,
      });
    const sources = ['$request.header.Authorization', '$context.routeKey'];
    return new GuardedHttpApi(api, {
      routes: this.routes,
      cached: authorizer('Cached', this.cacheTtl, sources),
      uncached: authorizer('Uncached', Duration.seconds(0), []),
    });
  }
}

/** The reviewed bundle plus what this application decided. Same content, same hash, wherever it is assembled. */
function folderWithPolicy(policy: unknown): string {
  const folder = FileSystem.mkdtemp('keyward-authorizer-');
  copyFileSync(join(bundlesDirectory, 'jwt-authorizer', 'index.mjs'), join(folder, 'index.mjs'));
  writeFileSync(join(folder, 'policy.json'), JSON.stringify(policy));
  return folder;
}
