import { Duration } from 'aws-cdk-lib';
import {
  ApiKeySourceType,
  AuthorizationType,
  type CfnAuthorizer,
  type CfnRestApi,
  type IAuthorizer,
  IdentitySource,
  type MethodOptions,
  RequestAuthorizer,
  type RestApi,
  TokenAuthorizer,
} from 'aws-cdk-lib/aws-apigateway';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import {
  type RouteTable,
  sizeProblems,
  uncacheable,
} from '../functions/core/routes/compile-routes.ts';
import type { Routes } from '../functions/core/routes/route-policy.ts';
import { allowsByResourcePolicy, exposureProblems } from './api-exposure.ts';
import { restRoutes, stagesOf } from './attached-routes.ts';
import type { Challenge } from './challenge.ts';
import { addGatewayResponses } from './gateway-responses.ts';
import { referenced } from './rendered.ts';
import { isOther } from './revocation-lag.ts';
import { routeProblems } from './route-checks.ts';
import { policyOf } from './route-table.ts';

/** `request` sees the whole request; `token` sees one header, which is all that its answers may depend on. */
export type RestAuthorizerKind = 'request' | 'token';

export interface GuardedRestApiProps {
  readonly routes: Routes;
  readonly table: RouteTable;
  readonly handler: LambdaFunction;
  /** Prefix of the names of the authorizers. */
  readonly name: string;
  readonly cacheTtl: Duration;
  readonly challenge: Challenge;
  readonly kind: RestAuthorizerKind;
  /** Adds the usage plans, once the API has its stage. */
  readonly meter: (() => void) | undefined;
}

/** A REST API whose every method is covered by a route policy. */
export class GuardedRestApi {
  readonly #api: RestApi;
  readonly #props: GuardedRestApiProps;
  readonly #authorizers = new Map<'cached' | 'uncached', IAuthorizer>();

  constructor(api: RestApi, props: GuardedRestApiProps) {
    this.#api = api;
    this.#props = props;
    const { routes, table, kind } = props;
    if (kind === 'token') refuseWhatAHeaderCannotDecide(routes, table);
    addGatewayResponses(api, props.challenge, routes);
    const cfn = api.node.defaultChild as CfnRestApi;
    if (props.meter !== undefined) {
      cfn.apiKeySourceType = ApiKeySourceType.AUTHORIZER;
      props.meter();
    }
    api.node.addValidation({ validate: () => this.#problems(cfn) });
  }

  /** Options for `resource.addMethod` of a route. @param route `GET /orders/{id}` */
  methodOptions(route: string): MethodOptions {
    const { routes, table, meter } = this.#props;
    if (policyOf(routes, route).public) return { authorizationType: AuthorizationType.NONE };
    const kind = table.routes[route]?.cache === 'none' ? 'uncached' : 'cached';
    return {
      authorizationType: AuthorizationType.CUSTOM,
      authorizer: this.#authorizer(this.#props.kind === 'token' ? 'cached' : kind),
      ...(meter === undefined ? {} : { apiKeyRequired: true }),
    };
  }

  #authorizer(kind: 'cached' | 'uncached'): IAuthorizer {
    const made = this.#authorizers.get(kind) ?? this.#make(kind);
    this.#authorizers.set(kind, made);
    return made;
  }

  #make(kind: 'cached' | 'uncached'): IAuthorizer {
    const { handler, name, table, cacheTtl } = this.#props;
    const header = table.identity === 'authorization' ? 'Authorization' : table.identity;
    if (this.#props.kind === 'token') {
      return new TokenAuthorizer(this.#api, `${name}Token`, {
        handler,
        identitySource: IdentitySource.header(header),
        resultsCacheTtl: cacheTtl,
      });
    }
    if (kind === 'uncached') {
      const uncached = new RequestAuthorizer(this.#api, `${name}Uncached`, {
        handler,
        identitySources: [],
        resultsCacheTtl: Duration.seconds(0),
      });
      // Without an identity source the function sees every request, which is what an uncacheable decision needs. The
      // library would write an empty one.
      (uncached.node.defaultChild as CfnAuthorizer).identitySource = undefined;
      return uncached;
    }
    const route = [IdentitySource.context('resourcePath'), IdentitySource.context('httpMethod')];
    return new RequestAuthorizer(this.#api, `${name}Cached`, {
      handler,
      // One exact policy serves the whole API; an answer for one route has the route in its key.
      identitySources: [
        IdentitySource.header(header),
        ...(table.policy === undefined ? route : []),
      ],
      resultsCacheTtl: cacheTtl,
    });
  }

  #problems(cfn: CfnRestApi): string[] {
    const { routes, table, cacheTtl } = this.#props;
    const attached = restRoutes(cfn);
    return [
      ...routeProblems({
        ...{ kind: 'rest', routes, table, attached, replayed: cacheTtl.toSeconds() },
        authorizers: [...this.#authorizers.values()].map((one) => referenced(one.authorizerId)),
      }),
      ...this.#resourcePolicyProblems(cfn),
      ...this.#stageProblems(cfn),
      ...exposureProblems(
        cfn,
        attached.map(({ key }) => key),
      ),
    ];
  }

  /** Every resource of a policy has the name of the stage in it. */
  #stageProblems(cfn: CfnRestApi): string[] {
    const { policy } = this.#props.table;
    if (policy === undefined) return [];
    return stagesOf(cfn).names.flatMap((name) =>
      sizeProblems(policy, name.length).map(
        (problem) => `the stage ${name} has too long a name for one answer: ${problem}`,
      ),
    );
  }

  /** An Allow in a resource policy turns "the authorizer did not say" into "yes". */
  #resourcePolicyProblems(cfn: CfnRestApi): string[] {
    const { silentRefusal } = this.#props.table;
    if (silentRefusal === undefined || !allowsByResourcePolicy(cfn)) return [];
    const { refused, granted } = silentRefusal;
    return [
      `${refused} could be opened by the Allow of the API's resource policy to whoever may call ${granted}: one answer serves the whole API and cannot name every spelling of what it refuses. Write the resource policy as a Deny with negated conditions, or let nothing be replayed (revocationLagSeconds: 0)`,
    ];
  }
}

function refuseWhatAHeaderCannotDecide(routes: Routes, table: RouteTable): void {
  const [obstacle] = table.obstacles;
  if (obstacle !== undefined)
    throw new Error(`a TOKEN authorizer answers for the whole API: ${obstacle}`);
  for (const [route, policy] of Object.entries(routes)) {
    const requirement = table.routes[route];
    if (policy.public || isOther('rest', route) || requirement?.cache === 'policy') continue;
    const reason =
      uncacheable(route, policy, table.identity) ??
      'its revocation lag leaves no time for replays, and a request authorizer needs none';
    throw new Error(
      `${route} cannot be decided by one header alone, which is all that a TOKEN authorizer sees: ${reason}`,
    );
  }
}
