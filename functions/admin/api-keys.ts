import { type ApiKeyFormat, mintApiKey } from '../core/credentials/api-key.ts';
import { type ApiKey, brokenApiKeyRule } from '../core/credentials/api-key-record.ts';
import { defaultOwner } from '../core/credentials/grantee.ts';
import type { LastUses } from '../core/ports/last-use.ts';
import type { Randomness } from '../core/ports/randomness.ts';
import type { Registry } from '../core/ports/registry.ts';
import { ok, type Result } from '../core/result.ts';
import { apiKeyView } from './api-key-view.ts';
import { type CommandReader, required, secondsFromNow } from './command-reader.ts';
import { editRecord } from './edit-record.ts';
import { graceUntil } from './grace.ts';
import { granteeMembers, granteeOf } from './grantee-command.ts';
import { rollApiKey } from './roll-api-key.ts';
import { type AdminError, conflict, invalid, notFound, type Verbs } from './verb.ts';
import type { ApiKeyView, RolledApiKeyView, ShownApiKey } from './views.ts';

export interface ApiKeyAdministration {
  readonly apiKeys: Registry<ApiKey>;
  /** Absent: nobody notes when keys are used. */
  readonly lastUses?: LastUses;
  readonly randomness: Randomness;
  readonly apiKeyFormat: ApiKeyFormat;
  readonly defaultResource: string;
}

const missing = notFound('there is no API key of that key_id');

/** What operators do with API keys. A key in clear is in the answer that made it and nowhere else. */
export function apiKeyCommands(ports: ApiKeyAdministration): Verbs {
  const { apiKeys, lastUses, randomness, apiKeyFormat, defaultResource } = ports;

  return {
    'api-keys.create': {
      members: ['name', 'usage_plan_key', ...granteeMembers],
      run: async (command, now) => {
        const { key, ...minted } = mintApiKey(randomness, apiKeyFormat);
        const usagePlanKey = command.text('usage_plan_key');
        const record: ApiKey = {
          ...granteeOf(command, now, {
            owner: defaultOwner('apikey', minted.keyId),
            defaultResource,
          }),
          ...minted,
          name: command.text('name') ?? '',
          ...(usagePlanKey === undefined ? {} : { usagePlanKey }),
        };
        const broken = brokenApiKeyRule(record);
        if (broken !== undefined) return invalid(broken);
        if (!(await apiKeys.create(record))) return conflict('the new key_id is taken: try again');
        return ok(shown(record, key));
      },
    },

    'api-keys.list': {
      members: [],
      run: async () => ok(await views(await apiKeys.list())),
    },

    'api-keys.show': {
      members: ['key_id'],
      run: async (command) => {
        const found = await apiKeys.read(idOf(command));
        if (found === undefined) return missing;
        const [view] = await views([found.record]);
        return ok(view);
      },
    },

    'api-keys.roll': {
      members: ['key_id', 'grace', 'expires_in'],
      run: async (command, now) => {
        const rolled = await rollApiKey(
          { apiKeys, randomness, apiKeyFormat, missing },
          {
            keyId: idOf(command),
            now,
            graceUntil: graceUntil(command, now),
            expiresAt: secondsFromNow(command, 'expires_in', now),
          },
        );
        if (!rolled.ok) return rolled;
        const { old, successor, key } = rolled.value;
        const view: RolledApiKeyView = { ...shown(successor, key), replaces: apiKeyView(old) };
        return ok(view);
      },
    },

    'api-keys.disable': {
      members: ['key_id'],
      run: (command, now) => edit(command, { status: 'disabled', updatedAt: now }),
    },

    'api-keys.enable': {
      members: ['key_id'],
      run: (command, now) => edit(command, { status: 'enabled', updatedAt: now }),
    },

    'api-keys.delete': {
      members: ['key_id'],
      run: async (command) => {
        const id = idOf(command);
        return (await apiKeys.remove(id)) ? ok({ key_id: id, deleted: true }) : missing;
      },
    },
  };

  /** Changes one key and shows it as it is then. */
  async function edit(
    command: CommandReader,
    change: Pick<ApiKey, 'status' | 'updatedAt'>,
  ): Promise<Result<ApiKeyView, AdminError>> {
    const edited = await editRecord(apiKeys, idOf(command), (key) => ok({ ...key, ...change }), {
      // A key that breaks a rule which is younger than itself can be switched off all the same.
      brokenRule: () => undefined,
      missing,
    });
    return edited.ok ? ok(apiKeyView(edited.value)) : edited;
  }

  async function views(keys: readonly ApiKey[]): Promise<readonly ApiKeyView[]> {
    const used = await lastUses?.read(keys.map(({ keyId }) => keyId));
    return keys.map((key) => apiKeyView(key, used?.get(key.keyId)));
  }
}

function idOf(command: CommandReader): string {
  return required(command, 'key_id');
}

function shown(record: ApiKey, key: string): ApiKeyView & ShownApiKey {
  return { ...apiKeyView(record), api_key: key };
}
