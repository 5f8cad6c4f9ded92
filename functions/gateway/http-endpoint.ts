import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Endpoint, HttpRequest } from './message.ts';

/**
 * Hosts an endpoint behind an HTTP API, payload 2.0. The query is taken raw: the ready-made map joins repeated
 * parameters with commas.
 */
export function httpEndpoint(
  endpoint: Endpoint,
): (event: APIGatewayProxyEventV2) => Promise<APIGatewayProxyStructuredResultV2> {
  return async (event) => {
    const response = await endpoint(httpRequest(event));
    return { statusCode: response.status, headers: response.headers, body: response.body };
  };
}

function httpRequest(event: APIGatewayProxyEventV2): HttpRequest {
  const http = event.requestContext.http;
  const headers = new Map<string, readonly string[]>();
  for (const [name, value] of Object.entries(event.headers ?? {})) {
    if (value !== undefined) headers.set(name.toLowerCase(), [value]);
  }
  return {
    method: http.method.toUpperCase(),
    path: event.rawPath,
    headers,
    rawQuery: event.rawQueryString ?? '',
    body: bodyBytes(event.body, event.isBase64Encoded),
    requestId: event.requestContext.requestId,
    sourceIp: http.sourceIp,
  };
}

function bodyBytes(body: string | undefined, isBase64Encoded: boolean): Uint8Array | undefined {
  if (body === undefined) return new Uint8Array();
  if (!isBase64Encoded) return Buffer.from(body, 'utf8');
  const bytes = Buffer.from(body, 'base64');
  const again = bytes.toString('base64');
  // As a gateway writes it; whoever leaves the padding out is understood as well.
  const isWhole = again === body || again.replace(/=+$/, '') === body.replace(/=+$/, '');
  return isWhole ? bytes : undefined;
}
