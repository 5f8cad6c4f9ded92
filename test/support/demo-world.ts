import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { KeysView } from '../../functions/admin/views.ts';
import type { AccessDecided } from '../../functions/core/audit.ts';
import { type HostedWorld, type HostOptions, host } from '../../local/host.ts';
import { demoAssembly } from './demo-assembly.ts';

/** The hosted template of the demo, on ports of its own, with a client that may read and write orders. */
export interface DemoWorld {
  readonly hosted: HostedWorld;
  /** Where the templates are. */
  readonly assembly: string;
  readonly issuer: string;
  readonly restApi: string;
  readonly httpApi: string;
  readonly awsEndpoint: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Runs an operator command and answers its result; throws what was refused. */
  admin(command: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>>;
  /** @param client @default the world's own */
  token(scope?: string, client?: ClientCredentials): Promise<string>;
  /** Lets the next keys sign at once and waits until they do. */
  rotate(): Promise<void>;
  /** Revokes a signing key and waits until that has ended. */
  revokeKey(kid: string): Promise<void>;
  /** The ring as the account's owner can read it. */
  ring(): Promise<{ readonly keys: readonly Record<string, unknown>[] }>;
  /** All that functions and the runner have said so far. */
  readonly logged: readonly LoggedLine[];
  /** The records of the authorizers among it. */
  decisions(): readonly AccessDecided[];
  stop(): Promise<void>;
}

export interface ClientCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface LoggedLine {
  /** Logical id of a function, or `runner`. */
  readonly from: string;
  readonly line: string;
}

/** CDK context of the domain on which partners show certificates, as the local runner has it. */
export const partnersDomain: Readonly<Record<string, string>> = {
  mtlsDomain: 'partners.localhost',
  mtlsCertificateArn: 'arn:aws:acm:us-east-1:000000000000:certificate/local',
  mtlsTruststore: 's3://local/truststore.pem',
};

export interface DemoWorldOptions extends Partial<HostOptions> {
  /** File of the CDK app. @default this repository's own */
  readonly app?: string;
}

/** @param context CDK context of the app, on top of the demo's */
export async function demoWorld(
  context: Readonly<Record<string, string>> = {},
  { app, ...options }: DemoWorldOptions = {},
): Promise<DemoWorld> {
  const assembly = demoAssembly(context, app);
  const logged: LoggedLine[] = [];
  const hosted = await host(assembly, {
    basePort: 0,
    log: (line) => logged.push({ from: 'runner', line }),
    functionLog: (line, from) => logged.push({ from, line }),
    ...options,
  });
  const { issuer, restApi, httpApi, awsEndpoint } = hosted.urls;
  const aws = {
    endpoint: awsEndpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  };
  const ssm = new SSMClient(aws);
  const lambda = new LambdaClient(aws);
  const secrets = new SecretsManagerClient(aws);
  const fact = async (name: string): Promise<string> => {
    const Name = `/keyward/default/v1/${name}`;
    return (await ssm.send(new GetParameterCommand({ Name }))).Parameter?.Value ?? '';
  };
  const invoke = async (arn: string, payload: unknown): Promise<unknown> => {
    const Payload = Buffer.from(JSON.stringify(payload));
    const answer = await lambda.send(new InvokeCommand({ FunctionName: arn, Payload }));
    return JSON.parse(Buffer.from(answer.Payload ?? []).toString('utf8'));
  };
  const adminArn = await fact('admin-arn');
  const admin = async (command: Readonly<Record<string, unknown>>) => {
    const answer = (await invoke(adminArn, command)) as {
      ok: boolean;
      result: Record<string, unknown>;
      error?: unknown;
    };
    if (!answer.ok) throw new Error(JSON.stringify(answer.error));
    return answer.result;
  };
  const created = await admin({
    command: 'clients.create',
    name: 'demo',
    grant_types: ['client_credentials'],
    scope: ['orders:read', 'orders:write'],
  });
  const clientId = String(created.client_id);
  const clientSecret = String(created.client_secret);
  const ringArn = await fact('ring-arn');
  const rotationArn = await fact('rotation-arn');

  return {
    hosted,
    assembly,
    logged,
    issuer,
    restApi,
    httpApi,
    awsEndpoint,
    clientId,
    clientSecret,
    admin,
    async token(scope, client = { clientId, clientSecret }) {
      const body = new URLSearchParams({ grant_type: 'client_credentials' });
      if (scope !== undefined) body.set('scope', scope);
      const pair = `${client.clientId}:${client.clientSecret}`;
      const authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
      const response = await fetch(`${issuer}/oauth2/token`, {
        method: 'POST',
        headers: { authorization },
        body,
      });
      const answer = (await response.json()) as { access_token?: string };
      if (answer.access_token === undefined) throw new Error(`no token: ${response.status}`);
      return answer.access_token;
    },
    async rotate() {
      const { RotateSecretCommand } = await import('@aws-sdk/client-secrets-manager');
      const before = await activeKids(admin);
      await invoke(rotationArn, { intent: { mode: 'waive-lead', by: 'a test' } });
      await secrets.send(new RotateSecretCommand({ SecretId: ringArn }));
      // Bounded by the test's own limit; each look is a full round trip.
      while (!(await hasEnded(admin, before)))
        await new Promise((resolve) => setTimeout(resolve, 50));
    },
    async revokeKey(kid) {
      const { RotateSecretCommand } = await import('@aws-sdk/client-secrets-manager');
      await invoke(rotationArn, { revoke: { kids: [kid], by: 'a test', reason: 'a test' } });
      const isBegun = async () => {
        try {
          await secrets.send(new RotateSecretCommand({ SecretId: ringArn }));
          return true;
        } catch (cause) {
          // The last one has ended for whoever follows it, a moment before it has for Secrets Manager.
          if ((cause as Error).name === 'InvalidRequestException') return false;
          throw cause;
        }
      };
      while (!(await isBegun())) await new Promise((resolve) => setTimeout(resolve, 50));
      const isOver = async () => {
        const { revoked } = (await admin({ command: 'keys.list' })) as unknown as KeysView;
        return revoked.some((key) => key.kid === kid && key.ended_at !== undefined);
      };
      while (!(await isOver())) await new Promise((resolve) => setTimeout(resolve, 50));
    },
    async ring() {
      const value = await secrets.send(new GetSecretValueCommand({ SecretId: ringArn }));
      return JSON.parse(value.SecretString ?? '{}');
    },
    decisions: () =>
      logged
        .filter(({ line }) => line.startsWith('{') && line.includes('"access_decided"'))
        .map(({ line }) => JSON.parse(line) as AccessDecided),
    async stop() {
      ssm.destroy();
      lambda.destroy();
      secrets.destroy();
      await hosted.stop();
    },
  };
}

type AdminCall = DemoWorld['admin'];
type Keys = readonly {
  readonly kid: string;
  readonly state: string;
  readonly retired_at?: number;
}[];

async function listKeys(admin: AdminCall): Promise<Keys> {
  return (await admin({ command: 'keys.list' })).keys as Keys;
}

async function activeKids(admin: AdminCall): Promise<readonly string[]> {
  return (await listKeys(admin)).filter(({ state }) => state === 'active').map(({ kid }) => kid);
}

async function hasEnded(admin: AdminCall, before: readonly string[]): Promise<boolean> {
  const keys = await listKeys(admin);
  return before.every((kid) =>
    keys.every((key) => key.kid !== kid || key.retired_at !== undefined),
  );
}
