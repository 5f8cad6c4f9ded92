/**
 * Might this be a secret of ours, or a good part of one: an API key, a client secret, a drawn password? For texts that must
 * not show one that somebody has put in the wrong place; it lets nobody in and keeps nobody out.
 */
export function looksLikeSecret(text: string): boolean {
  // The secret alone, as 49 base62 digits. No id of ours has so many letters and digits in a row.
  return hasSecretPrefix(text) || /[0-9A-Za-z]{40}/.test(text);
}

/** Does a secret of ours begin somewhere in this? Nobody means that as a name, while ids from elsewhere may be long. */
export function hasSecretPrefix(text: string): boolean {
  return /kwcs_|kwup_|[a-z][a-z0-9]{1,9}_[a-z]{2,8}_[1-9A-HJ-NP-Za-km-z]{12}_/.test(text);
}

/** Does a token that is a JWT, or a good part of one, stand somewhere in this? */
export function looksLikeToken(text: string): boolean {
  return /eyJ[\w-]{8}/.test(text);
}
