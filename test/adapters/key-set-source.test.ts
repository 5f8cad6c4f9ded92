import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { httpsKeySetSource } from '../../functions/adapters/https/key-set-source.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
}

describe('the key set of another issuer', () => {
  test('is fetched with the time that its Cache-Control allows (RFC 9111 §5.2.2.1)', async () => {
    const uri = await serve((_request, response) => {
      response
        .setHeader('cache-control', 'public, must-revalidate, max-age=120')
        .end('{"keys":[]}');
    });
    expect(await httpsKeySetSource.fetch(uri)).toEqual({ text: '{"keys":[]}', maxAgeSeconds: 120 });
  });

  test.each<[string, RequestListener]>([
    ['a redirect', (_request, response) => response.writeHead(302, { location: '/other' }).end()],
    ['a 404', (_request, response) => response.writeHead(404).end('{"keys":[]}')],
    ['a 500', (_request, response) => response.writeHead(500).end()],
    ['more than 150 KB', (_request, response) => response.end('x'.repeat(200_000))],
    [
      'a cut answer',
      (request, response) => {
        response.writeHead(200, { 'content-length': '100' }).write('{"keys"');
        request.socket.destroy();
      },
    ],
    ['no answer', () => {}],
  ])('is not taken from %s', async (_name, answer) => {
    await expect(httpsKeySetSource.fetch(await serve(answer))).rejects.toThrow();
  });

  test('is fetched over https alone, but on this machine', async () => {
    await expect(httpsKeySetSource.fetch('http://id.example/jwks')).rejects.toThrow('https');
    await expect(httpsKeySetSource.fetch('http://169.254.169.254/latest')).rejects.toThrow('https');
  });
});
