import { Command } from 'commander';
import { expect, test } from 'vitest';
import { withDashedIds } from '../../cli/dashed-ids.ts';

const jti = '-dashdashdashdashdashd';
const thumbprint = '-UuJyk3MG5OFiolngIhsD4hYFv4mG8PCRwaeT0crdV4';
const twice = `-${thumbprint.slice(0, -1)}`;

function program(done: (ids: readonly string[], reason?: string) => void): Command {
  const keyward = new Command('keyward').exitOverride().option('--endpoint <url>');
  keyward.configureOutput({ writeErr: () => {} });
  keyward
    .command('keys')
    .command('revoke [ids...]')
    .option('--reason <text>')
    .option('--yes')
    .action((ids: string[], { reason }: { reason?: string }) => done(ids, reason));
  return keyward;
}

function revoked(args: readonly string[]): unknown {
  let seen: unknown;
  const keyward = program((...what) => {
    seen = what;
  });
  keyward.parse(withDashedIds(keyward, ['keys', 'revoke', ...args]), { from: 'user' });
  return seen;
}

test.each([
  ['before options', [thumbprint, '--yes', '--reason', 'it leaked']],
  ['after them', ['--yes', '--reason', 'it leaked', thumbprint]],
  [
    'between them, one of the program too',
    ['--reason', 'it leaked', thumbprint, '--endpoint', 'x'],
  ],
])('an id that begins with a dash is an id %s', (_where, args) => {
  expect(revoked(args)).toEqual([[thumbprint], 'it leaked']);
});

test('ids of both lengths, with two dashes too, and beside others', () => {
  const ids = ['k1', jti, thumbprint, twice];
  expect(revoked([...ids, '--yes'])).toEqual([ids, undefined]);
});

test('what looks like such an id stays the value of its option', () => {
  expect(revoked(['k1', '--reason', thumbprint])).toEqual([['k1'], thumbprint]);
});

test('who has written -- is let alone', () => {
  expect(revoked(['--yes', '--', 'k1', thumbprint])).toEqual([['k1', thumbprint], undefined]);
});

test.each(['--no-such-options-here', '-x', `${jti}x`, `${jti}=`, '--yess'])(
  '%s stays an unknown option',
  (option) => {
    expect(() => revoked(['k1', option])).toThrow(/unknown option/);
  },
);
