import type { CustomDomainSpec } from './api-spec.ts';
import { type DataPlane, forbidden } from './data-plane.ts';
import type { RequestHandler } from './listener.ts';

/** Leads each request of a custom domain to the API that its path is mapped to; the longest base path wins. */
export function customDomain(
  { domainName, mappings }: CustomDomainSpec,
  planes: readonly DataPlane[],
): RequestHandler {
  const entrances = mappings
    .map(({ apiId, basePath, stageName }) => ({
      plane: planes.find((plane) => plane.apiId === apiId),
      entrance: { domainName, basePath, stageName },
    }))
    .sort((left, right) => right.entrance.basePath.length - left.entrance.basePath.length);
  return async (request, response) => {
    const path = (request.url ?? '/').replace(/^https?:\/\/[^/?]*/, '').split('?')[0] ?? '';
    const found = entrances.find(({ entrance }) => `${path}/`.startsWith(`${entrance.basePath}/`));
    if (found?.plane === undefined) return forbidden(request, response);
    return found.plane.handle(request, response, found.entrance);
  };
}
