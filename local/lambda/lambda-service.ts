import { randomUUID } from 'node:crypto';
import { AwsError } from '../aws/aws-error.ts';
import type { AwsReply, PathService } from '../aws/aws-service.ts';
import { requestBytesMax } from './execution-environment.ts';
import type { LambdaHost } from './function-host.ts';
import { parseFunctionName } from './function-name.ts';

/** The function of an Invoke, as its caller named it. */
function invokedFunction(url: URL): string | undefined {
  const [, encoded] = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(url.pathname) ?? [];
  if (encoded === undefined) return undefined;
  const name = decodeURIComponent(encoded);
  const qualifier = url.searchParams.get('Qualifier');
  return qualifier === null ? name : `${name}:${qualifier}`;
}

/** Lambda's Invoke, synchronous or as a dry run. Asynchronous invocation and client contexts are not offered. */
export function lambdaService(
  host: () => LambdaHost | undefined,
  where: { readonly region: string; readonly accountId: string },
): PathService {
  return {
    prefix: 'lambda',
    operationAt: (method, url) =>
      method === 'POST' && invokedFunction(url) !== undefined ? 'InvokeFunction' : undefined,
    async neededAccess({ url }) {
      const { name, qualifier } = parseFunctionName(invokedFunction(url) ?? '');
      const arn = `arn:aws:lambda:${where.region}:${where.accountId}:function:${name}`;
      const resource = qualifier === undefined ? arn : `${arn}:${qualifier}`;
      return [{ action: 'lambda:InvokeFunction', resource, context: {} }];
    },
    async answer({ url, headers, body }) {
      const name = invokedFunction(url) ?? '';
      const type = String(headers['x-amz-invocation-type'] ?? 'RequestResponse');
      if (type !== 'RequestResponse' && type !== 'DryRun') {
        throw new AwsError(
          'InvalidParameterValueException',
          `the local Lambda does not know the invocation type ${type}`,
        );
      }
      if (body.byteLength > requestBytesMax) {
        throw new AwsError(
          'RequestTooLargeException',
          `Request must be smaller than ${requestBytesMax} bytes for the InvokeFunction operation`,
          413,
        );
      }
      const payload = body.byteLength === 0 ? '{}' : body.toString('utf8');
      if (!isJson(payload)) {
        throw new AwsError(
          'InvalidRequestContentException',
          'Could not parse request body into json',
        );
      }
      const signed = { service: null } as const;
      if (type === 'DryRun' && host()?.check(name, signed) === 'allowed') return reply(204, {}, '');
      const result = await host()?.invoke(name, payload, signed);
      switch (result?.kind) {
        case 'answer':
          return reply(200, {}, result.payload);
        case 'function-error':
          return reply(200, { 'x-amz-function-error': 'Unhandled' }, result.payload);
        default:
          throw new AwsError('ResourceNotFoundException', `Function not found: ${name}`, 404);
      }
    },
    errorReply: (name, message, status) => ({
      ...reply(
        name === 'AccessDeniedException' ? 403 : status,
        { 'x-amzn-errortype': name },
        JSON.stringify({ Type: status >= 500 ? 'Service' : 'User', Message: message, message }),
      ),
    }),
  };
}

function reply(status: number, headers: Readonly<Record<string, string>>, body: string): AwsReply {
  return {
    status,
    headers: {
      'content-type': 'application/json',
      'x-amzn-requestid': randomUUID(),
      'x-amz-executed-version': '$LATEST',
      ...headers,
    },
    body,
  };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
