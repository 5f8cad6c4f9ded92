/**
 * A deployment that remembers credentials for a minute, in front of routes whose decisions must not be replayed. The backend
 * is the demo's, so the routes have its names.
 */
import { App, Stack } from 'aws-cdk-lib';
import { LambdaIntegration } from 'aws-cdk-lib/aws-apigateway';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { defineRoutes, requires } from '../../functions/core/routes/route-policy.ts';
import { CombinedAuthorizer } from '../../infra/authorizers/combined-authorizer.ts';
import { ordersAudience } from '../../infra/demo/orders-routes.ts';
import { KeywardFunction } from '../../infra/function.ts';
import { Keyward } from '../../infra/keyward.ts';
import { ProtectedHttpApi } from '../../infra/protected-http-api.ts';
import { ProtectedRestApi } from '../../infra/protected-rest-api.ts';

const app: App = new App();
const keyward: Keyward = new Keyward(new Stack(app, 'Keyward'), 'Keyward', {
  stage: 'dev',
  defaultResource: ordersAudience,
});
const stack: Stack = new Stack(app, 'KeywardDemo');
const authorizer: CombinedAuthorizer = new CombinedAuthorizer(stack, 'Authorizer', {
  keyward,
  audience: ordersAudience,
  revocationLagSeconds: 301,
  routes: defineRoutes({
    'GET /whoami': requires({ schemes: ['apikey', 'basic'], revocation: 'strict' }),
    'GET /orders': requires({ schemes: ['apikey'] }),
    'GET /partners/me': requires({ schemes: ['apikey'] }),
    'GET /orders/{id}': requires({ schemes: ['apikey'], ip: ['127.0.0.0/8'] }),
    'GET /orders/export': requires({ schemes: ['apikey'], ip: ['192.0.2.0/24'] }),
    'GET /reports/{name}': requires({
      schemes: ['apikey'],
      rateLimit: { perSecond: 0.1, burst: 3 },
    }),
  }),
});
const backend: KeywardFunction = new KeywardFunction(stack, 'Backend', {
  bundle: 'demo-orders',
  description: 'the demo’s backend',
  memorySize: 256,
  timeoutSeconds: 5,
  environment: {},
});
new ProtectedRestApi(stack, 'Rest', {
  authorizer,
  integration: new LambdaIntegration(backend, { scopePermissionToMethod: false }),
});
new ProtectedHttpApi(stack, 'Http', {
  authorizer,
  integration: new HttpLambdaIntegration('Backend', backend),
});
