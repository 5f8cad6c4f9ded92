import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { sigv4 } from '../../functions/adapters/aws/sigv4.ts';
import { body, type Environment, type Read, target } from './request.ts';

/** What nobody who reads over HTTP can go below: one socket, a request written by hand, and its signature. */
export function bareRead(endpoint: URL, env: Environment): Read {
  const { hostname, host, port, protocol } = endpoint;
  const where = { host: hostname, port: Number(port) };
  const socket = protocol === 'https:' ? connectTls(where) : connect(where);
  socket.setNoDelay(true);
  let fail: ((cause: Error) => void) | undefined;
  socket.on('error', (cause) => fail?.(cause));
  socket.on('close', () => fail?.(new Error('the connection was closed')));
  const sign = sigv4();
  const contentType = 'application/x-amz-json-1.0';

  return () => {
    const headers = sign(
      { host, target, contentType, body },
      {
        accessKeyId: env.AWS_ACCESS_KEY_ID,
        secretAccessKey: env.AWS_SECRET_ACCESS_KEY,
        sessionToken: env.AWS_SESSION_TOKEN,
        region: env.AWS_REGION,
        service: 'dynamodb',
        amzDate: new Date().toISOString().replace(/[:-]|\.\d{3}/g, ''),
      },
    );
    let head = 'POST / HTTP/1.1\r\n';
    for (const name in headers) head += `${name}: ${headers[name]}\r\n`;
    return new Promise((resolve, reject) => {
      fail = reject;
      let text = '';
      const take = (chunk: Buffer): void => {
        text += chunk.toString('latin1');
        const end = text.indexOf('\r\n\r\n');
        const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? Number.NaN);
        if (end === -1 || text.length < end + 4 + length) return;
        socket.off('data', take);
        if (text.startsWith('HTTP/1.1 200 ')) resolve(JSON.parse(text.slice(end + 4)).Item);
        else reject(new Error(text.slice(end + 4)));
      };
      socket.on('data', take);
      socket.write(`${head}content-length: ${body.length}\r\n\r\n${body}`);
    });
  };
}
