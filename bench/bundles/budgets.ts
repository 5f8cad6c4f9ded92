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
    ...{ KiB: 42.5, modules: 78, packages: [], nodeModules: 27 },
    ...{ atLoad: ['crypto', 'perf_hooks'], byAnswer: [] },
  },
  revoke: {
    ...{ KiB: 47.5, modules: 90, packages: [], nodeModules: 28 },
    ...{ atLoad: ['crypto', 'perf_hooks', 'zlib'], byAnswer: [] },
  },
  introspect: {
    ...{ KiB: 51.5, modules: 91, packages: [], nodeModules: 28 },
    ...{ atLoad: ['crypto', 'perf_hooks', 'zlib'], byAnswer: [] },
  },
  jwks: {
    ...{ KiB: 17, modules: 27, packages: [], nodeModules: 27 },
    ...{ atLoad: ['crypto'], byAnswer: ['perf_hooks'] },
  },
  metadata: {
    ...{ KiB: 9, modules: 27, packages: [], nodeModules: 19 },
    ...{ atLoad: ['crypto', 'zlib'], byAnswer: [] },
  },
  'jwt-authorizer': {
    ...{ KiB: 48, modules: 89, packages: [], nodeModules: 30 },
    ...{ atLoad: ['crypto', 'perf_hooks', 'zlib'], byAnswer: [] },
  },
  'api-key-authorizer': {
    ...{ KiB: 41, modules: 82, packages: [], nodeModules: 30 },
    ...{ atLoad: ['crypto', 'zlib'], byAnswer: ['perf_hooks'] },
  },
  'basic-authorizer': {
    ...{ KiB: 45.5, modules: 88, packages: [], nodeModules: 31 },
    ...{ atLoad: ['crypto', 'timers/promises', 'zlib'], byAnswer: ['perf_hooks'] },
  },
  'mtls-authorizer': {
    ...{ KiB: 45, modules: 86, packages: [], nodeModules: 30 },
    ...{ atLoad: ['crypto', 'zlib'], byAnswer: ['perf_hooks'] },
  },
  'combined-authorizer': {
    ...{ KiB: 69.5, modules: 126, packages: [], nodeModules: 31 },
    ...{ atLoad: ['crypto', 'perf_hooks', 'timers/promises', 'zlib'], byAnswer: [] },
  },
  connections: {
    ...{ KiB: 201, modules: 541, nodeModules: 46 },
    packages: [...sdk, '@aws-sdk/client-apigatewaymanagementapi'],
    ...{ atLoad: sdkBuiltins, byAnswer: ['perf_hooks'] },
  },
  rotation: {
    ...{ KiB: 247, modules: 690, nodeModules: 55 },
    packages: [...sdkForDynamo, '@aws-sdk/client-secrets-manager'],
    ...{ atLoad: [...sdkBuiltins, 'timers/promises', 'worker_threads'], byAnswer: [] },
  },
  admin: {
    ...{ KiB: 263, modules: 688, packages: sdkForDynamo, nodeModules: 42 },
    ...{ atLoad: sdkBuiltins, byAnswer: [] },
  },
  'demo-orders': {
    ...{ KiB: 3.5, modules: 8, packages: [], nodeModules: 0 },
    ...{ atLoad: [], byAnswer: [] },
  },
};
