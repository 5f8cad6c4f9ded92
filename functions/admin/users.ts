import {
  type BasicUser,
  brokenPasswordRule,
  brokenUserRule,
} from '../core/credentials/basic-user.ts';
import { defaultOwner } from '../core/credentials/grantee.ts';
import { mintPassword } from '../core/credentials/mint-password.ts';
import { hashPassword, isOutdated } from '../core/credentials/password-hash.ts';
import { isUsername, usernameRule } from '../core/credentials/user-credential.ts';
import { hasSecretPrefix } from '../core/looks-like-secret.ts';
import type { Randomness } from '../core/ports/randomness.ts';
import type { Registry } from '../core/ports/registry.ts';
import { ok, type Result } from '../core/result.ts';
import { type CommandReader, InvalidCommand, required } from './command-reader.ts';
import { editRecord } from './edit-record.ts';
import { granteeMembers, granteeOf, granteeView } from './grantee-command.ts';
import { type AdminError, conflict, invalid, notFound, type Verbs } from './verb.ts';
import type { ShownPassword, UserView } from './views.ts';

export interface UserAdministration {
  readonly users: Registry<BasicUser>;
  readonly randomness: Randomness;
  readonly defaultResource: string;
}

const missing = notFound('there is no user of that username');

/** What operators do with Basic users. A password that was drawn is in the answer that drew it and nowhere else. */
export function userCommands({ users, randomness, defaultResource }: UserAdministration): Verbs {
  return {
    'users.create': {
      members: ['username', 'password', ...granteeMembers],
      run: async (command, now) => {
        const username = nameOf(command);
        if (hasSecretPrefix(username)) return invalid('username looks like a secret');
        const set = await newPassword(command, username, now);
        if (!set.ok) return set;
        const { shown, ...password } = set.value;
        const user: BasicUser = {
          ...granteeOf(command, now, { owner: defaultOwner('user', username), defaultResource }),
          username,
          ...password,
        };
        const broken = brokenUserRule(user);
        if (broken !== undefined) return invalid(broken);
        if (!(await users.create(user))) return conflict('a user of that username exists');
        return ok({ ...userView(user), ...shown });
      },
    },

    'users.list': {
      members: [],
      run: async () => ok((await users.list()).map(userView)),
    },

    'users.set-password': {
      members: ['username', 'password'],
      run: async (command, now) => {
        const set = await newPassword(command, nameOf(command), now);
        if (!set.ok) return set;
        const { shown, ...password } = set.value;
        const edited = await edit(command, { ...password, updatedAt: now });
        return edited.ok ? ok({ ...edited.value, ...shown }) : edited;
      },
    },

    'users.disable': {
      members: ['username'],
      run: (command, now) => edit(command, { status: 'disabled', updatedAt: now }),
    },

    'users.enable': {
      members: ['username'],
      run: (command, now) => edit(command, { status: 'enabled', updatedAt: now }),
    },

    'users.delete': {
      members: ['username'],
      run: async (command) => {
        const username = nameOf(command);
        return (await users.remove(username)) ? ok({ username, deleted: true }) : missing;
      },
    },
  };

  /** Changes one user and shows it as it is then. */
  async function edit(
    command: CommandReader,
    change: Partial<BasicUser>,
  ): Promise<Result<UserView, AdminError>> {
    const edited = await editRecord(users, nameOf(command), (user) => ok({ ...user, ...change }), {
      // A user that breaks a rule which is younger than itself can be switched off all the same.
      brokenRule: () => undefined,
      missing,
    });
    return edited.ok ? ok(userView(edited.value)) : edited;
  }

  /** The password that the command names, or one that is drawn; `shown` is what the operator gets to see of it. */
  async function newPassword(
    command: CommandReader,
    username: string,
    now: number,
  ): Promise<Result<NewPassword, AdminError>> {
    const given = command.text('password')?.normalize('NFC');
    if (given === undefined) {
      const { password, hash } = mintPassword(randomness);
      return ok({
        secret: { kind: 'generated', hash },
        passwordSetAt: now,
        shown: { password },
      });
    }
    const broken = brokenPasswordRule(given, username);
    if (broken !== undefined) return invalid(broken);
    const phc = await hashPassword(given, randomness.bytes(16));
    return ok({ secret: { kind: 'password', phc }, passwordSetAt: now, shown: {} });
  }
}

interface NewPassword extends Pick<BasicUser, 'secret' | 'passwordSetAt'> {
  readonly shown: ShownPassword;
}

/** In NFC, which is how records are kept and how callers are read. */
function nameOf(command: CommandReader): string {
  const username = required(command, 'username').normalize('NFC');
  if (!isUsername(username)) throw new InvalidCommand(usernameRule);
  return username;
}

/** A user as operators see it. Hashes stay where they are. */
function userView(user: BasicUser): UserView {
  const { username, secret, passwordSetAt } = user;
  return {
    username,
    ...granteeView(user),
    password_kind: secret.kind,
    password_set_at: passwordSetAt,
    is_outdated: secret.kind === 'password' && isOutdated(secret.phc),
  };
}
