import { Validations } from 'aws-cdk-lib';
import { HttpApi, type HttpMethod, type HttpRouteIntegration } from 'aws-cdk-lib/aws-apigatewayv2';
import { Construct } from 'constructs';
import type { RouteAuthorizer } from './authorizers/route-authorizer.ts';
import { LoggedHttpStage } from './logged-http-stage.ts';
import { isOther } from './revocation-lag.ts';
import { policyOf } from './route-table.ts';

export interface ProtectedHttpApiProps {
  readonly authorizer: RouteAuthorizer;
  /** Answers every route. */
  readonly integration: HttpRouteIntegration;
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
    const guard = props.authorizer.guardHttpApi(this.api);
    for (const route of Object.keys(props.authorizer.routes)) {
      if (isOther('http', route)) continue;
      const [method = '', path = ''] = route.split(' ');
      const routes = this.api.addRoutes({
        path,
        methods: [method as HttpMethod],
        integration: props.integration,
        authorizer: guard.authorizer(route),
      });
      if (!policyOf(props.authorizer.routes, route).public) continue;
      for (const open of routes) {
        Validations.of(open).acknowledge({
          id: 'AwsSolutions::AwsSolutions-APIG4',
          reason: 'the route table says publicRoute()',
        });
      }
    }
  }
}
