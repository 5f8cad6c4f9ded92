import { randomUUID } from 'node:crypto';
import { AwsError } from '../aws/aws-error.ts';
import type { AwsReply, PathService } from '../aws/aws-service.ts';
import type { DataPlane } from './data-plane.ts';

/** A stage's cache of authorizers, as each of API Gateway's two management APIs addresses it. */
interface AddressedCache {
  readonly kind: 'rest' | 'http';
  readonly operation: string;
  readonly apiId: string;
  readonly stageName: string;
  /** Its ARN, after the Region; the path without the version. */
  readonly resource: string;
}

/** API Gateway's management calls that empty the caches of authorizers: the only ones that are served. */
export function managementService(
  planes: () => readonly Pick<DataPlane, 'apiId' | 'kind' | 'emptyAuthorizerCaches'>[],
  { region, accountId }: { readonly region: string; readonly accountId: string },
): PathService {
  return {
    prefix: 'apigateway',
    operationAt: (method, url) =>
      method === 'DELETE' ? addressedCache(url)?.operation : undefined,
    async neededAccess({ url }) {
      const resource = `arn:aws:apigateway:${region}::${addressedCache(url)?.resource}`;
      return [{ action: 'apigateway:DELETE', resource, context: {} }];
    },
    async answer({ url }) {
      const { kind, apiId = '', stageName = '' } = addressedCache(url) ?? {};
      const plane = planes().find((each) => each.kind === kind && each.apiId === apiId);
      if (plane === undefined) {
        const problem = `Invalid API identifier specified ${accountId}:${apiId}`;
        throw new AwsError('NotFoundException', problem, 404);
      }
      if (!plane.emptyAuthorizerCaches(stageName)) {
        throw new AwsError('NotFoundException', 'Invalid stage identifier specified', 404);
      }
      return reply(kind === 'rest' ? 202 : 204, {}, '');
    },
    errorReply: (name, message, status) =>
      reply(
        unauthorized.includes(name) ? 403 : status,
        { 'x-amzn-errortype': name },
        JSON.stringify({ message }),
      ),
  };
}

const unauthorized = ['AccessDeniedException', 'MissingAuthenticationTokenException'];

function addressedCache({ pathname }: URL): AddressedCache | undefined {
  const [, root, ...segments] =
    /^\/(restapis|v2\/apis)\/([^/]+)\/stages\/([^/]+)\/cache\/authorizers$/.exec(pathname) ?? [];
  if (root === undefined) return undefined;
  const [apiId = '', stageName = ''] = segments.map(decodeURIComponent);
  const below = `${apiId}/stages/${stageName}/cache/authorizers`;
  return root === 'restapis'
    ? {
        ...{ kind: 'rest', operation: 'FlushStageAuthorizersCache', apiId, stageName },
        resource: `/restapis/${below}`,
      }
    : {
        ...{ kind: 'http', operation: 'ResetAuthorizersCache', apiId, stageName },
        resource: `/apis/${below}`,
      };
}

function reply(status: number, headers: Readonly<Record<string, string>>, body: string): AwsReply {
  return {
    status,
    headers: { 'content-type': 'application/json', 'x-amzn-requestid': randomUUID(), ...headers },
    body,
  };
}
