import { Validations } from 'aws-cdk-lib';
import { HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { LoggedHttpStage } from './logged-http-stage.ts';

/**
 * The issuer's front: an HTTP API whose routes are added by the endpoints. Every method of a path reaches the function,
 * so that a wrong one gets its 405 from there instead of a 404 from the gateway.
 */
export class TokenService extends Construct {
  readonly api: HttpApi;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.api = new HttpApi(this, 'Api', {
      description: 'Keyward: issuer',
      createDefaultStage: false,
    });
    new LoggedHttpStage(this, 'Front', {
      api: this.api,
      throttle: { rateLimit: 500, burstLimit: 1_000 },
    });
    Validations.of(this).acknowledge({
      id: 'AwsSolutions::AwsSolutions-APIG4',
      reason:
        'clients authenticate inside the endpoints for tokens; keys and metadata are public documents',
    });
  }

  /** The URL under which the API answers; the issuer unless a deployment names another. */
  get url(): string {
    return this.api.apiEndpoint;
  }

  add(path: string, endpoint: LambdaFunction): void {
    this.api.addRoutes({
      path,
      methods: [HttpMethod.ANY],
      integration: new HttpLambdaIntegration(`${path.split('/').at(-1)}Integration`, endpoint),
    });
  }
}
