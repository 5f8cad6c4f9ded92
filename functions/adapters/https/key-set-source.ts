import type { KeySetSource } from '../../core/ports/key-set-source.ts';

const deadlineMs = 1_500;
const answerBytesMax = 150 * 1024;

/**
 * Fetches JWK Sets over https, without redirects. Plain http is for addresses of this machine alone, so that a whole
 * world can be hosted there.
 */
export const httpsKeySetSource: KeySetSource = {
  fetch(jwksUri) {
    const url = new URL(jwksUri);
    const isTls = url.protocol === 'https:';
    if (!isTls && !['127.0.0.1', '[::1]'].includes(url.hostname)) {
      return Promise.reject(new Error('a key set must be fetched over https'));
    }
    // Loaded here and not by import: see exchange.ts of the DynamoDB reader.
    const { get } = process.getBuiltinModule(isTls ? 'node:https' : 'node:http');
    return new Promise((resolve, reject) => {
      const call = get(
        url,
        { headers: { accept: 'application/jwk-set+json, application/json' } },
        (response) => {
          if (response.statusCode !== 200) {
            call.destroy(new Error(`the key set answered ${response.statusCode}`));
            return;
          }
          const chunks: Buffer[] = [];
          let size = 0;
          response.on('data', (chunk: Buffer) => {
            chunks.push(chunk);
            size += chunk.length;
            if (size > answerBytesMax) call.destroy(new Error('the key set is too large'));
          });
          response.once('error', reject);
          response.once('end', () => {
            clearTimeout(timer);
            if (!response.complete) {
              reject(new Error('the key set was cut off'));
              return;
            }
            const text = Buffer.concat(chunks).toString('utf8');
            const maxAge = /(?:^|[\s,])max-age=(\d{1,9})/i.exec(
              response.headers['cache-control'] ?? '',
            )?.[1];
            resolve(maxAge === undefined ? { text } : { text, maxAgeSeconds: Number(maxAge) });
          });
        },
      );
      const timer = setTimeout(() => call.destroy(new Error('no key set in time')), deadlineMs);
      call.once('error', (cause) => {
        clearTimeout(timer);
        reject(cause);
      });
    });
  },
};
