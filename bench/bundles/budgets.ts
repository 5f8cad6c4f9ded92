/** What a bundle may weigh and reach, and what of Node it may load. */
export interface BundleBudget {
  readonly KiB: number;
  /** Source files that are reached, of packages too. */
  readonly modules: number;
  readonly packages: readonly string[];
  /** Modules of Node beside those that Lambda's own client has loaded: the public ones until the bundle is loaded. */
  readonly atLoad: readonly string[];
  /** And until the first answer. */
  readonly byAnswer: readonly string[];
  /** All of them together, internal ones too. */
  readonly nodeModules: number;
}

/** Files that no bundle may reach, even if nothing of them were left in it. */
export const never: RegExp =
  /node_modules\/.*credential-provider-(node|sso|ini|process|web-identity)|^(infra|cli|local|bench|test)\//;

/** So much of a budget may lie idle before it must be lowered. */
export const slack = 0.1;
/** Of every client of the SDK. */
const sdk = [
  '@aws-sdk/core',
  '@aws-sdk/xml-builder',
  '@aws/lambda-invoke-store',
  '@smithy/core',
  '@smithy/node-http-handler',
  '@smithy/signature-v4',
  '@smithy/types',
  'bowser',
];
const sdkForDynamo = [
  ...sdk,
  '@aws-sdk/client-dynamodb',
  '@aws-sdk/dynamodb-codec',
  '@aws-sdk/endpoint-cache',
  '@aws-sdk/middleware-endpoint-discovery',
  'mnemonist',
  'obliterator',
];
const sdkBuiltins = ['crypto', 'fs/promises', 'https', 'os', 'process', 'tls', 'zlib'];

/** By the names of the bundles. `npm run bench:bundles -- --budgets` prints the figures in this form. */
export const budgets: Readonly<Record<string, BundleBudget>> = {
  token: {
    ...{ KiB: 43.5, modules: 81, packages: [], nodeModules: 18 },
    ...{ atLoad: ['crypto'], byAnswer: [] },
  },
  revoke: {
    ...{ KiB: 49, modules: 92, packages: [], nodeModules: 19 },
    ...{ atLoad: ['crypto', 'zlib'], byAnswer: [] },
  },
  introspect: {
    ...{ KiB: 53, modules: 93, packages: [], nodeModules: 19 },
    ...{ atLoad: ['crypto', 'zlib'], byAnswer: [] },
  },
  jwks: {
    ...{ KiB: 17.5, modules: 28, packages: [], nodeModules: 18 },
    ...{ atLoad: ['crypto'], byAnswer: [] },
  },
  metadata: {
    ...{ KiB: 9, modules: 27, packages: [], nodeModules: 18 },
    ...{ atLoad: ['crypto'], byAnswer: [] },
  },
  'jwt-authorizer': {
    ...{ KiB: 49.5, modules: 92, packages: [], nodeModules: 20 },
    ...{ atLoad: ['crypto'], byAnswer: [] },
  },
  'api-key-authorizer': {
    ...{ KiB: 42, modules: 84, packages: [], nodeModules: 21 },
    ...{ atLoad: ['crypto', 'zlib'], byAnswer: [] },
  },
  'basic-authorizer': {
    ...{ KiB: 46.5, modules: 90, packages: [], nodeModules: 21 },
    ...{ atLoad: ['crypto', 'timers/promises'], byAnswer: [] },
  },
  'mtls-authorizer': {
    ...{ KiB: 46, modules: 89, packages: [], nodeModules: 20 },
    ...{ atLoad: ['crypto'], byAnswer: [] },
  },
  'combined-authorizer': {
    ...{ KiB: 71, modules: 128, packages: [], nodeModules: 22 },
    ...{ atLoad: ['crypto', 'timers/promises', 'zlib'], byAnswer: [] },
  },
  connections: {
    ...{ KiB: 201, modules: 542, nodeModules: 37 },
    packages: [...sdk, '@aws-sdk/client-apigatewaymanagementapi'],
    ...{ atLoad: sdkBuiltins, byAnswer: [] },
  },
  rotation: {
    ...{ KiB: 248, modules: 691, nodeModules: 55 },
    packages: [...sdkForDynamo, '@aws-sdk/client-secrets-manager'],
    ...{ atLoad: [...sdkBuiltins, 'timers/promises', 'worker_threads'], byAnswer: [] },
  },
  admin: {
    ...{ KiB: 264, modules: 689, packages: sdkForDynamo, nodeModules: 42 },
    ...{ atLoad: sdkBuiltins, byAnswer: [] },
  },
  'demo-orders': {
    ...{ KiB: 3.5, modules: 8, packages: [], nodeModules: 0 },
    ...{ atLoad: [], byAnswer: [] },
  },
};
