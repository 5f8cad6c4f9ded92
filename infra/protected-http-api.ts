import { Validations } from 'aws-cdk-lib';
import {
  HttpApi,
  type HttpMethod,
  HttpRoute,
  type HttpRouteIntegration,
  HttpRouteKey,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { Construct } from 'constructs';
import type { RouteAuthorizer } from './authorizers/route-authorizer.ts';
import { LoggedHttpStage } from './logged-http-stage.ts';
import { isOther } from './revocation-lag.ts';
import { policyOf } from './route-table.ts';

export interface ProtectedHttpApiProps {
  readonly authorizer: RouteAuthorizer;
  /** Answers every route, or says what answers one. */
  readonly integration: HttpRouteIntegration | ((route: string) => HttpRouteIntegration);
  readonly description?: string;
}

/** An HTTP API made of a route table: every route of the authorizer's table, protected as the table says. */
export class ProtectedHttpApi extends Construct {
  readonly api: HttpApi;

  constructor(scope: Construct, id: string, props: ProtectedHttpApiProps) {
    super(scope, id);
    this.api = new HttpApi(this, 'Api', {
      apiName: id,
      description: props.description ?? `${id}, protected by Keyward`,
      createDefaultStage: false,
    });
    new LoggedHttpStage(this, 'Front', { api: this.api });
    const { authorizer, integration } = props;
    const guard = authorizer.guardHttpApi(this.api);
    for (const route of Object.keys(authorizer.routes)) {
      if (isOther('http', route)) continue;
      const [method, path] = route.split(' ');
      const added = new HttpRoute(this.api, route.replace(' ', ''), {
        httpApi: this.api,
        routeKey:
          path === undefined ? HttpRouteKey.DEFAULT : HttpRouteKey.with(path, method as HttpMethod),
        integration: typeof integration === 'function' ? integration(route) : integration,
        authorizer: guard.authorizer(route),
      });
      if (!policyOf(authorizer.routes, route).public) continue;
      Validations.of(added).acknowledge({
        id: 'AwsSolutions::AwsSolutions-APIG4',
        reason: 'the route table says publicRoute()',
      });
    }
  }
}
