import { App, Stack, Tags } from 'aws-cdk-lib';
import { ordersAudience } from './demo/orders-routes.ts';
import { OrdersStack } from './demo/orders-stack.ts';
import { hygiene } from './hygiene.ts';
import { Keyward } from './keyward.ts';
import type { Settings, StageKind } from './settings.ts';

/**
 * The deployable app: the Keyward stack, and with `-c demo=true` the Orders API that shows how it protects another one.
 * Context: `stage` (dev or prod), `issuer`, `defaultResource`, `settings` (JSON of `Settings`), `demo`,
 * `cacheTtl` (seconds that the demo's gateways may replay a decision).
 */
const app: App = new App();
const isDemo: boolean = String(app.node.tryGetContext('demo') ?? '') === 'true';
const issuer: string | undefined = text('issuer');
const cacheTtl: string | undefined = text('cacheTtl');
const defaultResource: string | undefined =
  text('defaultResource') ?? (isDemo ? ordersAudience : undefined);

const stack: Stack = new Stack(app, 'Keyward', {
  description: 'Keyward: OAuth 2.0 token service and authorizers',
  terminationProtection: stage() === 'prod',
});
const keyward: Keyward = new Keyward(stack, 'Keyward', {
  stage: stage(),
  settings: JSON.parse(text('settings') ?? '{}') as Partial<Settings>,
  ...(issuer === undefined ? {} : { issuer }),
  ...(defaultResource === undefined ? {} : { defaultResource }),
});
if (isDemo) {
  new OrdersStack(app, 'KeywardDemo', {
    description: 'Keyward demo: the Orders API as REST and as HTTP API',
    keyward,
    ...(cacheTtl === undefined ? {} : { cacheTtlSeconds: Number(cacheTtl) }),
  });
}
Tags.of(app).add('application', 'keyward');
hygiene(app);

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
