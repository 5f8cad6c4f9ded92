import type { AdminAnswer, AdminCommand, AdminErrorCode } from '../functions/admin/commands.ts';
import type { Connection } from './connection.ts';
import { Failure, type FailureKind } from './failure.ts';

const kinds: Readonly<Record<AdminErrorCode, FailureKind>> = {
  invalid_request: 'usage',
  not_found: 'notFound',
  conflict: 'conflict',
  unavailable: 'unreachable',
};

/** Runs an operator command in the deployment and answers its result; refusals become failures. */
export async function administer(connection: Connection, command: AdminCommand): Promise<unknown> {
  const answer = (await invoke(
    connection,
    await fact(connection, 'admin-arn'),
    command,
  )) as AdminAnswer;
  if (answer.ok) return answer.result;
  throw new Failure(kinds[answer.error.code] ?? 'failed', answer.error.message);
}

/** Invokes a function of the deployment and answers what it answered. */
export async function invoke(
  connection: Connection,
  functionArn: string,
  payload: unknown,
): Promise<unknown> {
  const { InvokeCommand, LambdaClient } = await import('@aws-sdk/client-lambda');
  const lambda = new LambdaClient(connection.client);
  const Payload = Buffer.from(JSON.stringify(payload));
  const result = await reach(() =>
    lambda.send(new InvokeCommand({ FunctionName: functionArn, Payload })),
  );
  const text = Buffer.from(result.Payload ?? []).toString('utf8');
  if (result.FunctionError !== undefined) {
    throw new Failure('failed', `the function failed (${result.FunctionError}): look into its log`);
  }
  return JSON.parse(text === '' ? 'null' : text);
}

/** A fact that the deployment exports, by the last part of its parameter's name. */
export async function fact(connection: Connection, which: string): Promise<string> {
  const { GetParameterCommand, SSMClient } = await import('@aws-sdk/client-ssm');
  const ssm = new SSMClient(connection.client);
  const Name = `/keyward/${connection.name}/v1/${which}`;
  const result = await reach(() => ssm.send(new GetParameterCommand({ Name })));
  const value = result.Parameter?.Value;
  if (value === undefined)
    throw new Failure('notFound', `there is no deployment "${connection.name}" here`);
  return value;
}

/** Starts a rotation of the ring; it goes on behind the answer. */
export async function startRotation(connection: Connection): Promise<void> {
  const { RotateSecretCommand, SecretsManagerClient } = await import(
    '@aws-sdk/client-secrets-manager'
  );
  const SecretId = await fact(connection, 'ring-arn');
  const secrets = new SecretsManagerClient(connection.client);
  await reach(() => secrets.send(new RotateSecretCommand({ SecretId })));
}

/** Turns what the SDK throws into one sentence and a kind. */
export async function reach<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    const name = cause instanceof Error ? cause.name : '';
    const status = (cause as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
    if (name === 'ParameterNotFound') {
      throw new Failure(
        'notFound',
        'there is no deployment of that name here (--deployment, --region)',
      );
    }
    if (/AccessDenied|Unrecognized|InvalidSignature|ExpiredToken|Credentials/.test(name)) {
      throw new Failure('notAllowed', `AWS refused: ${name}`);
    }
    if (name === 'InvalidRequestException') {
      throw new Failure(
        'conflict',
        'a rotation is in progress; if it is dead: keyward keys unstick --yes',
      );
    }
    if (status === undefined) {
      throw new Failure(
        'unreachable',
        `cannot reach AWS or the local instance (${name || 'no answer'})`,
      );
    }
    throw new Failure('failed', `AWS answered ${name || status}`);
  }
}
