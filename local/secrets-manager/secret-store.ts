/** All secrets of a run, found by name or ARN, and kept in a file where one is given. */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { AwsError } from '../aws/aws-error.ts';
import type { Secret, SecretVersion } from './secret.ts';

export interface SecretStore {
  all(): readonly Secret[];
  /** By name, ARN, or ARN without its last characters. `undefined` when there is none. */
  find(secretId: string): Secret | undefined;
  /** @throws AwsError ResourceNotFoundException */
  get(secretId: string): Secret;
  create(name: string): Secret;
  remove(secret: Secret): void;
  /** Writes the file, where there is one, in one step and readable for nobody else. */
  save(): void;
}

export interface StoreOptions {
  readonly region: string;
  readonly accountId: string;
  readonly nowSeconds: () => number;
  readonly file?: string;
}

export function secretStore({ region, accountId, nowSeconds, file }: StoreOptions): SecretStore {
  const secrets = new Map<string, Secret>();
  if (file !== undefined && existsSync(file)) {
    for (const secret of parse(readFileSync(file, 'utf8'))) secrets.set(secret.name, secret);
  }
  const prefix = `arn:aws:secretsmanager:${region}:${accountId}:secret:`;

  const store: SecretStore = {
    all: () => [...secrets.values()].filter((secret) => !isGone(secret)),
    find(secretId) {
      const secret = store
        .all()
        .find(
          ({ name, arn }) => secretId === name || secretId === arn || secretId === arn.slice(0, -7),
        );
      return secret;
    },
    get(secretId) {
      const secret = store.find(secretId);
      if (secret !== undefined) return secret;
      throw new AwsError(
        'ResourceNotFoundException',
        "Secrets Manager can't find the specified secret.",
      );
    },
    create(name) {
      const now = nowSeconds();
      const secret: Secret = {
        // Six letters and digits, so that a policy written for a deleted secret does not open its successor.
        arn: `${prefix}${name}-${suffix()}`,
        name,
        createdSeconds: now,
        changedSeconds: now,
        description: undefined,
        kmsKeyId: undefined,
        tags: [],
        versions: new Map(),
        rotation: undefined,
        deletionSeconds: undefined,
      };
      secrets.set(name, secret);
      return secret;
    },
    remove(secret) {
      secrets.delete(secret.name);
    },
    save() {
      if (file === undefined) return;
      const temporary = `${file}.${process.pid}.tmp`;
      writeFileSync(temporary, render([...secrets.values()]), { mode: 0o600, flush: true });
      renameSync(temporary, file);
    },
  };
  return store;

  /** Past the end of its recovery window. */
  function isGone(secret: Secret): boolean {
    if (secret.deletionSeconds === undefined || secret.deletionSeconds > nowSeconds()) return false;
    secrets.delete(secret.name);
    return true;
  }
}

function suffix(): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  return [...randomBytes(6)].map((byte) => alphabet[byte % alphabet.length]).join('');
}

type Stored = Omit<Secret, 'versions'> & {
  readonly versions: readonly (Omit<SecretVersion, 'labels'> & {
    readonly labels: readonly string[];
  })[];
};

function render(secrets: readonly Secret[]): string {
  const stored = secrets.map((secret) => ({
    ...secret,
    versions: [...secret.versions.values()].map((version) => ({
      ...version,
      labels: [...version.labels],
    })),
  }));
  return JSON.stringify({ schema: 1, secrets: stored });
}

function parse(text: string): readonly Secret[] {
  const { schema, secrets } = JSON.parse(text) as { schema: number; secrets: readonly Stored[] };
  if (schema !== 1) throw new Error(`secrets file: unknown schema ${schema}`);
  return secrets.map((secret) => ({
    ...secret,
    versions: new Map(
      secret.versions.map((version) => [
        version.id,
        { ...version, labels: new Set(version.labels) },
      ]),
    ),
  }));
}
