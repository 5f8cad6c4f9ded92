import type { Endpoint } from './message.ts';

/**
 * Lets browsers of any origin call an endpoint, without credentials (Fetch standard §3.2). For endpoints that
 * authenticate by what a script sends on purpose; never for pages and redirects.
 *
 * @param methods the methods of the endpoint
 */
export function cors(endpoint: Endpoint, methods: readonly string[]): Endpoint {
  const allowed = [...methods, 'OPTIONS'].join(', ');
  return async (request) => {
    if (request.method === 'OPTIONS') {
      return {
        status: 204,
        headers: {
          allow: allowed,
          'access-control-allow-origin': '*',
          'access-control-allow-methods': allowed,
          'access-control-allow-headers': 'authorization, content-type, dpop',
          'access-control-max-age': '3600',
        },
        body: '',
      };
    }
    const response = await endpoint(request);
    return {
      ...response,
      headers: {
        ...response.headers,
        'access-control-allow-origin': '*',
        'access-control-expose-headers': 'www-authenticate, dpop-nonce, retry-after',
      },
    };
  };
}
