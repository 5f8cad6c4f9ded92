import { App, Stack, Tags } from 'aws-cdk-lib';
import type { ApiKeyFormat } from '../functions/core/credentials/api-key.ts';
import { ordersAudience } from './demo/orders-routes.ts';
import { OrdersStack, type OrdersStackProps } from './demo/orders-stack.ts';
import { hygiene } from './hygiene.ts';
import { Keyward } from './keyward.ts';
import type { Settings, StageKind } from './settings.ts';

/**
 * The deployable app: the Keyward stack, and with `-c demo=true` the Orders API that shows how it protects another one.
 * Context: `stage` (dev or prod), `issuer`, `defaultResource`, `settings` (JSON of `Settings`), `apiKeys` (JSON of
 * `ApiKeyFormat`), `demo`, `revocationLag` (seconds after which the demo's APIs refuse a withdrawn credential for certain), `mtlsDomain`,
 * `mtlsCertificateArn` and `mtlsTruststore` (where the demo's partners come in with a certificate).
 */
const app: App = new App();
const isDemo: boolean = String(app.node.tryGetContext('demo') ?? '') === 'true';
const issuer: string | undefined = text('issuer');
const revocationLag: string | undefined = text('revocationLag');
const defaultResource: string | undefined =
  text('defaultResource') ?? (isDemo ? ordersAudience : undefined);

const stack: Stack = new Stack(app, 'Keyward', {
  description: 'Keyward: OAuth 2.0 token service and authorizers',
  terminationProtection: stage() === 'prod',
});
const keyward: Keyward = new Keyward(stack, 'Keyward', {
  stage: stage(),
  settings: JSON.parse(text('settings') ?? '{}') as Partial<Settings>,
  apiKeys: JSON.parse(text('apiKeys') ?? '{}') as Partial<ApiKeyFormat>,
  ...(issuer === undefined ? {} : { issuer }),
  ...(defaultResource === undefined ? {} : { defaultResource }),
});
if (isDemo) {
  new OrdersStack(app, 'KeywardDemo', {
    description: 'Keyward demo: the Orders API as REST, HTTP and WebSocket API',
    keyward,
    ...(revocationLag === undefined ? {} : { revocationLagSeconds: Number(revocationLag) }),
    ...partners(),
  });
}
Tags.of(app).add('application', 'keyward');
hygiene(app);

function partners(): Pick<OrdersStackProps, 'partners'> {
  const domainName = text('mtlsDomain');
  if (domainName === undefined) return {};
  const certificateArn = text('mtlsCertificateArn');
  const truststore = text('mtlsTruststore');
  if (certificateArn === undefined || truststore === undefined) {
    throw new Error('mtlsDomain needs mtlsCertificateArn and mtlsTruststore');
  }
  return { partners: { domainName, certificateArn, truststore } };
}

function stage(): StageKind {
  const value = text('stage') ?? 'prod';
  if (value !== 'dev' && value !== 'prod')
    throw new Error(`stage must be dev or prod, not ${value}`);
  return value;
}

function text(name: string): string | undefined {
  const value: unknown = app.node.tryGetContext(name);
  return value === undefined || value === '' ? undefined : String(value);
}
