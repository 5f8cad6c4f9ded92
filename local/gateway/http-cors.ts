import type { CorsSpec } from './api-spec.ts';
import type { GatewayAnswer } from './gateway-answer.ts';
import { type GatewayRequest, headerValues } from './gateway-request.ts';

/** Answers a preflight in the API's stead; `undefined` when the request is none. */
export function preflight(cors: CorsSpec, request: GatewayRequest): GatewayAnswer | undefined {
  const isPreflight =
    request.method === 'OPTIONS' &&
    headerValues(request.headers, 'origin').length > 0 &&
    headerValues(request.headers, 'access-control-request-method').length > 0;
  if (!isPreflight) return undefined;
  const headers = originHeaders(cors, request);
  if (headers.length === 0) return { status: 204, headers: [], body: Buffer.alloc(0) };
  return {
    status: 204,
    headers: [
      ...headers,
      ...listed('access-control-allow-methods', cors.allowMethods),
      ...listed('access-control-allow-headers', cors.allowHeaders),
      ...(cors.maxAgeSeconds === undefined
        ? []
        : [['access-control-max-age', String(cors.maxAgeSeconds)] as const]),
    ],
    body: Buffer.alloc(0),
  };
}

/** Replaces whatever an integration said about CORS: an API that configures it speaks for itself. */
export function withCors(
  cors: CorsSpec,
  request: GatewayRequest,
  answer: GatewayAnswer,
): GatewayAnswer {
  const own = answer.headers.filter(([name]) => !/^access-control-/i.test(name));
  const headers = originHeaders(cors, request);
  if (headers.length === 0) return { ...answer, headers: own };
  const exposed = listed('access-control-expose-headers', cors.exposeHeaders);
  return { ...answer, headers: [...own, ...headers, ...exposed] };
}

function originHeaders(
  cors: CorsSpec,
  request: GatewayRequest,
): readonly (readonly [string, string])[] {
  const [origin] = headerValues(request.headers, 'origin');
  if (origin === undefined) return [];
  const isAny = cors.allowOrigins.includes('*');
  if (!isAny && !cors.allowOrigins.some((allowed) => isSameOrigin(allowed, origin))) return [];
  return [
    ['access-control-allow-origin', isAny ? '*' : origin],
    ...(cors.allowCredentials ? [['access-control-allow-credentials', 'true'] as const] : []),
  ];
}

/** `https://*` allows every https origin. */
function isSameOrigin(allowed: string, origin: string): boolean {
  if (allowed.endsWith('://*')) return origin.startsWith(allowed.slice(0, -1));
  return allowed.toLowerCase() === origin.toLowerCase();
}

function listed(name: string, values: readonly string[]): readonly (readonly [string, string])[] {
  return values.length === 0 ? [] : [[name, values.join(',')]];
}
