import type { HostedDomain } from './host-domains.ts';
import type { ListedApi } from './template/list-apis.ts';
import type { WorldSpec } from './template/world.ts';

export interface HostedApi extends ListedApi {
  readonly url: string;
  /** What it is to a person: the issuer, or the first of its kind beside it. */
  readonly role: ApiRole | undefined;
}

export type ApiRole = 'issuer' | 'restApi' | 'httpApi' | 'webSocketApi';

/** Where things answer. Reading one throws when the assembly has no such thing. */
export interface HostedUrls {
  readonly issuer: string;
  readonly restApi: string;
  readonly httpApi: string;
  /** `ws://…/<stage>` */
  readonly webSocketApi: string;
  /** `https://…`, for whoever presents a certificate. */
  readonly mutualTlsApi: string;
  readonly awsEndpoint: string;
}

export function roleOf(
  { kind, isIssuer }: ListedApi,
  before: readonly { readonly role: ApiRole | undefined }[],
): ApiRole | undefined {
  const role = isIssuer ? 'issuer' : (`${kind}Api` as const);
  return before.some((api) => api.role === role) ? undefined : role;
}

/** A WebSocket API answers at its stage and nowhere else. */
export function shownUrl(listed: ListedApi, url: string, { apis }: WorldSpec): string {
  if (listed.kind !== 'webSocket') return url;
  const { stackName, logicalId } = listed;
  const api = apis.find((each) => each.stackName === stackName && each.logicalId === logicalId);
  return `${url.replace(/^http/, 'ws')}/${api?.stages[0]?.name ?? ''}`;
}

export function urlsOf(
  apis: readonly HostedApi[],
  domains: readonly HostedDomain[],
  awsEndpoint: string,
): HostedUrls {
  const url = (role: ApiRole): string => {
    const api = apis.find((candidate) => candidate.role === role);
    if (api === undefined) throw new Error(`the assembly has no ${role}`);
    return api.url;
  };
  return {
    awsEndpoint,
    get issuer() {
      return url('issuer');
    },
    get restApi() {
      return url('restApi');
    },
    get httpApi() {
      return url('httpApi');
    },
    get webSocketApi() {
      return url('webSocketApi');
    },
    get mutualTlsApi() {
      const domain = domains.find(({ isMutualTls }) => isMutualTls);
      if (domain === undefined) throw new Error('the assembly has no domain with mutual TLS');
      return domain.url;
    },
  };
}
