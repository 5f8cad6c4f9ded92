/**
 * One route table and one authorizer in front of a REST, an HTTP and a WebSocket API, with usage plans for API keys, and a
 * second REST API where partners come in with a client certificate. Run it with
 * `npx cdk synth --app "node examples/combined-authorizer/app.ts"` after `npm run build:package`.
 */
import { App, Stack } from 'aws-cdk-lib';
import { HttpIntegration, LambdaIntegration } from 'aws-cdk-lib/aws-apigateway';
import {
  HttpUrlIntegration,
  WebSocketLambdaIntegration,
} from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import {
  CombinedAuthorizer,
  defineRoutes,
  identityHeaders,
  identityParameters,
  KeywardRef,
  MutualTlsDomain,
  ProtectedHttpApi,
  ProtectedRestApi,
  ProtectedWebSocketApi,
  publicRoute,
  type Routes,
  requires,
} from 'keyward';

const app: App = new App();
const stack: Stack = new Stack(app, 'Shop');

const routes: Routes = defineRoutes({
  'GET /healthz': publicRoute(),
  // Tokens for services, keys for scripts: both in the Authorization header, so one cached answer serves both.
  'GET /orders': requires({ schemes: ['bearer', 'apikey'], scopes: ['orders:read'] }),
  // Of two overlapping routes, each demands what it demands.
  'GET /orders/{id}': requires({ schemes: ['bearer', 'apikey'], scopes: ['orders:read'] }),
  'DELETE /orders/{id}': requires({
    schemes: ['bearer'],
    scopes: ['orders:admin'],
    revocation: 'strict',
  }),
  'GET /reports': requires({
    schemes: ['apikey', 'basic'],
    credentialIn: ['authorization', 'x-api-key'],
    rateLimit: { perSecond: 1, burst: 5 },
  }),
  'GET /partners/me': requires({ schemes: ['certificate'] }),
  $connect: requires({ schemes: ['bearer', 'apikey'], scopes: ['orders:read'] }),
});

const authorizer: CombinedAuthorizer = new CombinedAuthorizer(stack, 'Authorizer', {
  keyward: KeywardRef.fromSsm(stack, 'Keyward'),
  audience: 'https://shop.example.com',
  routes,
  tiers: {
    default: { rateLimit: 100, burstLimit: 50 },
    trial: { rateLimit: 1, burstLimit: 2, dailyQuota: 1_000 },
  },
});

// The shop's own server, which knows nothing of AWS: headers tell it who was let in.
const shop = 'https://shop.internal.example.com';

new ProtectedRestApi(stack, 'Rest', {
  authorizer,
  challenge: { realm: 'shop', allowOrigin: 'https://shop.example.com' },
  integration: (route) => {
    const [httpMethod = '', path = ''] = route.split(' ');
    const [, parameter] = /\{(\w+)\}/.exec(path) ?? [];
    return new HttpIntegration(`${shop}${path}`, {
      httpMethod,
      options: {
        requestParameters: {
          ...identityHeaders(routes, route),
          ...(parameter === undefined
            ? {}
            : { [`integration.request.path.${parameter}`]: `method.request.path.${parameter}` }),
        },
      },
    });
  },
});

new ProtectedHttpApi(stack, 'Http', {
  authorizer,
  integration: (route) =>
    new HttpUrlIntegration(route, `${shop}${route.split(' ')[1]}`, {
      parameterMapping: identityParameters(routes, route),
    }),
});

const backend: LambdaFunction = new LambdaFunction(stack, 'Backend', {
  runtime: Runtime.NODEJS_24_X,
  handler: 'index.handler',
  code: Code.fromInline('exports.handler = async () => ({ statusCode: 200, body: "{}" });'),
});

new ProtectedWebSocketApi(stack, 'Events', {
  authorizer,
  integration: () => new WebSocketLambdaIntegration('Events', backend),
});

const partners: ProtectedRestApi = new ProtectedRestApi(stack, 'Partners', {
  authorizer,
  integration: new LambdaIntegration(backend),
  // There, nobody would ask for a certificate.
  disableExecuteApiEndpoint: true,
});
new MutualTlsDomain(stack, 'PartnersDomain', {
  domainName: 'partners.shop.example.com',
  certificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/example',
  truststore: 's3://shop-truststore/partners.pem',
  api: partners.api,
});
