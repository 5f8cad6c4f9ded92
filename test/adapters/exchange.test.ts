import { createServer, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { exchange } from '../../functions/adapters/aws/exchange.ts';

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

/** Answers what is not to hang, and knows how many connections there were. */
async function server() {
  const sockets: Socket[] = [];
  const listening = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      if (!data.includes('hang')) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}');
    });
  });
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  stops.push(() => {
    for (const socket of sockets) socket.destroy();
    listening.close();
  });
  const address = listening.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    sockets,
    call: (body: string, timeoutMs: number, isFresh = false) =>
      exchange(
        {
          ...{ isTls: false, method: 'POST', hostname: '127.0.0.1', port, path: '/' },
          headers: { 'content-length': body.length },
        },
        body,
        timeoutMs,
        isFresh,
      ),
  };
}

test('while every connection waits for an answer, a new one is had at once by who needs it', async () => {
  const { call, sockets } = await server();
  const hanging = Array.from({ length: 8 }, () => call('hang', 2_000).catch(String));
  await expect(call('good', 1_000, true)).resolves.toEqual({ status: 200, text: '{}' });
  expect(sockets).toHaveLength(9);
  // And it is the one that is used from then on.
  await expect(call('good', 1_000)).resolves.toMatchObject({ status: 200 });
  expect(sockets).toHaveLength(9);
  for (const socket of sockets) socket.destroy();
  await Promise.all(hanging);
});

test('who waits for a connection learns in time that there is none', async () => {
  const { call } = await server();
  const hanging = Array.from({ length: 8 }, () => call('hang', 3_000).catch(String));
  let isOver = false;
  const late = call('good', 50).finally(() => {
    isOver = true;
  });
  await expect(late).rejects.toThrow('no answer in time');
  expect(isOver).toBe(true);
  // None of them has ended by itself meanwhile: the one that waited did not have to wait for them.
  const first = await Promise.race([...hanging, Promise.resolve('none')]);
  expect(first).toBe('none');
  stops.splice(0).forEach((stop) => {
    stop();
  });
  await Promise.all(hanging);
});
