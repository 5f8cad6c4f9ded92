/** The access key id in the credential scope of a signature (version 4). Signatures themselves are not checked. */
export function accessKeyOf(authorization: string | undefined): string | undefined {
  return /^AWS4-[A-Z0-9-]+ .*?Credential=([^/,\s]+)\//.exec(authorization ?? '')?.[1];
}
