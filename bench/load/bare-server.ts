/** A server that answers everybody the same, and does nothing else: what no gateway on `node:http` can be below. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const body = JSON.stringify({ orders: [] });

const server = createServer((_request, response) => {
  response.setHeader('content-type', 'application/json').end(body);
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}` })}\n`);
});
