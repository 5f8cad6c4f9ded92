import type { MadeUser } from './operator.ts';

/** Headers as a caller sends them: name, value, name, value. */
export type Presented = readonly string[];

export const bearer = (token: string): Presented => ['authorization', `Bearer ${token}`];

export const apiKey = (key: string): Presented => ['authorization', `ApiKey ${key}`];

export const xApiKey = (key: string): Presented => ['x-api-key', key];

export const basic = ({ username, password }: MadeUser): Presented => [
  ...['authorization', `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`],
];
