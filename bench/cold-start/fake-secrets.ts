import { textOf } from '../decisions/table.ts';
import { type Loopback, loopback, type ServerIdentity } from '../measure/loopback.ts';

/** As much of Secrets Manager as signing asks for, over loopback: secrets by their ids. */
export function fakeSecrets(
  secrets: Readonly<Record<string, string>>,
  identity?: ServerIdentity,
): Promise<Loopback> {
  return loopback(async (request, response) => {
    const { SecretId } = JSON.parse(await textOf(request)) as { readonly SecretId: string };
    const SecretString = secrets[SecretId];
    if (SecretString === undefined) response.statusCode = 400;
    const missing = { __type: 'ResourceNotFoundException' };
    response.end(JSON.stringify(SecretString === undefined ? missing : { SecretString }));
  }, identity);
}
