/**
 * Another team's app: its own REST API and HTTP API, protected by the Keyward that somebody else deployed into the same
 * account. Run it with `npx cdk synth --app "node examples/protect-apis/app.ts"` after `npm run build:package`.
 */
import { App, Stack } from 'aws-cdk-lib';
import { LambdaIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { cognito, defineRoutes, JwtAuthorizer, KeywardRef, publicRoute, requires } from 'keyward';

const app: App = new App();
const stack: Stack = new Stack(app, 'Orders');

const backend: LambdaFunction = new LambdaFunction(stack, 'Backend', {
  runtime: Runtime.NODEJS_24_X,
  handler: 'index.handler',
  code: Code.fromInline('exports.handler = async () => ({ statusCode: 200, body: "{}" });'),
});

const authorizer: JwtAuthorizer = new JwtAuthorizer(stack, 'Authorizer', {
  keyward: KeywardRef.fromSsm(stack, 'Keyward'),
  audience: 'https://orders.example.com',
  routes: defineRoutes({
    'GET /healthz': publicRoute(),
    'GET /orders': requires({ schemes: ['bearer'], scopes: ['orders:read'] }),
  }),
  // People sign in with Cognito; services get their tokens from Keyward.
  trustedIssuers: [
    cognito({
      region: 'eu-central-1',
      userPoolId: 'eu-central-1_AbCdEfGhI',
      clientIds: ['1example'],
    }),
  ],
});

const rest: RestApi = new RestApi(stack, 'Rest', { cloudWatchRole: false });
const restGuard = authorizer.guardRestApi(rest, { realm: 'orders' });
for (const path of ['healthz', 'orders']) {
  rest.root
    .addResource(path)
    .addMethod('GET', new LambdaIntegration(backend), restGuard.methodOptions(`GET /${path}`));
}

const http: HttpApi = new HttpApi(stack, 'Http');
const httpGuard = authorizer.guardHttpApi(http);
for (const path of ['/healthz', '/orders']) {
  http.addRoutes({
    path,
    methods: [HttpMethod.GET],
    integration: new HttpLambdaIntegration('Backend', backend),
    authorizer: httpGuard.authorizer(`GET ${path}`),
  });
}
