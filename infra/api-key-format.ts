import {
  type ApiKeyFormat,
  isApiKeyEnvironment,
  isApiKeyPrefix,
} from '../functions/core/credentials/api-key.ts';
import type { StageKind } from './settings.ts';

/** The format of a stage's API keys with what is given replaced; throws what is wrong with it, and what is allowed. */
export function apiKeyFormatOf(stage: StageKind, given: Partial<ApiKeyFormat>): ApiKeyFormat {
  const format = { prefix: 'kw', environment: stage === 'dev' ? 'test' : 'live', ...given };
  if (!isApiKeyPrefix(format.prefix)) {
    throw new Error('apiKeys.prefix must be 2 to 10 of a-z 0-9 and begin with a letter');
  }
  if (!isApiKeyEnvironment(format.environment)) {
    throw new Error('apiKeys.environment must be 2 to 8 of a-z');
  }
  return format;
}
