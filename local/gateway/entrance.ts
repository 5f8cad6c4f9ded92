import type { StageSpec } from './api-spec.ts';
import type { GatewayRequest } from './gateway-request.ts';

/** A mapping of a custom domain, through which a request came in. Its stage is not part of the path. */
export interface Entrance {
  readonly domainName: string;
  /** `/orders`, or nothing. Functions are shown it, method ARNs and routes are without it. */
  readonly basePath: string;
  readonly stageName: string;
}

/** What a path addresses behind a custom domain; `undefined` where the request came in by the API's own endpoint. */
export function enteredAt(
  stages: readonly StageSpec[],
  { entrance, rawPath }: GatewayRequest,
): { readonly stage: StageSpec; readonly path: string } | undefined {
  const stage = stages.find(({ name }) => name === entrance?.stageName);
  if (entrance === undefined || stage === undefined) return undefined;
  return { stage, path: rawPath.slice(entrance.basePath.length) || '/' };
}
