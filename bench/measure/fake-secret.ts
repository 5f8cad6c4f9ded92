import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** As much of Secrets Manager as our functions ask for, over loopback: one secret with one version. */
export interface FakeSecret {
  readonly url: string;
  stop(): void;
}

export async function fakeSecret(SecretString: string): Promise<FakeSecret> {
  const VersionId = 'v0';
  const answers: Readonly<Record<string, object>> = {
    GetSecretValue: { SecretString, VersionId, VersionStages: ['AWSCURRENT'] },
    DescribeSecret: { VersionIdsToStages: { [VersionId]: ['AWSCURRENT'] } },
  };
  const server = createServer((request, response) => {
    const operation = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
    const answer = answers[operation];
    if (answer === undefined) response.statusCode = 400;
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    request.resume().once('end', () => response.end(JSON.stringify(answer ?? {})));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
