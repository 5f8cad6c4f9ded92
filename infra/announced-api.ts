import { Lazy, Stack } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import type { HttpApi, WebSocketApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { stagesOf } from './attached-routes.ts';
import { type ApiKind, lagText, type RevocationLag } from './revocation-lag.ts';

/** An API that an authorizer stands before. */
export type GuardedApi = RestApi | HttpApi | WebSocketApi;

export interface Announcement {
  /** Name of the Keyward. */
  readonly keyward: string;
  readonly kind: ApiKind;
  readonly lags: ReadonlyMap<string, RevocationLag>;
  /** Tells authorizers before one API apart. */
  readonly authorizer: string;
}

/** A parameter holds 4 KB; the rest of it is short. */
const routesCharactersMax = 3_000;

/**
 * Tells the operators of a Keyward of an API that its credentials open: one SSM parameter below
 * `/keyward/<name>/v1/apis/`, named for the API's id, which no other API of the account and Region has. It stands in the
 * API's stack, which needs the authorizer's already, and never the other way round.
 */
export function announceApi(api: GuardedApi, announcement: Announcement): void {
  const { keyward, kind, lags, authorizer } = announcement;
  const id = `Keyward${authorizer}`;
  const resource = api.node.defaultChild;
  if (resource === undefined || api.node.tryFindChild(id) !== undefined) return;
  const stack = Stack.of(api);
  const apiId = 'restApiId' in api ? api.restApiId : api.apiId;
  const text = lagText(lags);
  const fact = () => {
    // Stages are added after this.
    const { names, unnamed } = stagesOf(resource);
    return stack.toJsonString({
      api_id: apiId,
      kind,
      name: api.node.path,
      stages: names,
      ...(unnamed.length === 0 ? {} : { unnamed_stages: unnamed }),
      revocation_lag_seconds: Math.max(...[...lags.values()].map(({ seconds }) => seconds)),
      routes:
        text.length <= routesCharactersMax ? text : `${text.slice(0, routesCharactersMax)} ...`,
    });
  };
  new StringParameter(api, id, {
    parameterName: `/keyward/${keyward}/v1/apis/${apiId}-${authorizer}`,
    simpleName: false,
    stringValue: Lazy.string({ produce: fact }),
    description: `Keyward ${keyward}: an API that it guards`,
  });
}
