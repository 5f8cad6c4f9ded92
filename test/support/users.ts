import { argon2Sync } from 'node:crypto';
import type { BasicUser } from '../../functions/core/credentials/basic-user.ts';
import { basicUserKind } from '../../functions/core/credentials/basic-user-record.ts';
import { digest } from '../../functions/core/digest.ts';
import type { Samples } from '../contracts/registry.ts';
import { audience, now } from './gate.ts';

/** The published password and hash: a person. */
export const alicesPassword = 'pencil-Über';
export const alice: BasicUser = {
  username: 'alice',
  owner: 'team-a',
  scope: ['orders:read'],
  resources: [audience],
  status: 'enabled',
  addresses: [],
  secret: {
    kind: 'password',
    phc: '$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$2Mf3r+U6KRpwF53uwFNOalz6r6yVMEMpBS72pXfC1Fo',
  },
  passwordSetAt: now - 100,
  createdAt: now - 200,
  updatedAt: now - 100,
};

/** The same person with a hash that is as cheap as argon2id allows: most tests are not about the cost of a run. */
export const quickAlice: BasicUser = {
  ...alice,
  secret: { kind: 'password', phc: quickHash(alicesPassword) },
};

/** A program, with a password that we drew. */
export const robotsPassword = 'robot-0123456789abcdefghijklmnopqrstuvwxyz0';
export const robot: BasicUser = {
  ...alice,
  username: 'robot',
  owner: 'robot',
  secret: { kind: 'generated', hash: digest(robotsPassword) },
};

export const userSamples: Samples<BasicUser> = {
  kind: basicUserKind,
  records: [
    alice,
    { ...alice, username: 'jörg müller', expiresAt: now + 9, tier: 'gold' },
    { ...robot, status: 'disabled', addresses: ['192.0.2.0/24'] },
  ],
  marked: (user, mark) => ({ ...user, owner: mark }),
};

function quickHash(password: string): string {
  const cost = { memory: 8, passes: 1, parallelism: 1, tagLength: 32 };
  const nonce = Buffer.alloc(16, 7);
  const tag = argon2Sync('argon2id', { message: password, nonce, ...cost });
  const [salt, hash] = [nonce, tag].map((bytes) => bytes.toString('base64').replace(/=+$/, ''));
  return `$argon2id$v=19$m=8,t=1,p=1$${salt}$${hash}`;
}
