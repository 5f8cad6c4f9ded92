import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Log } from './contracts.ts';
import type { CustomDomainSpec } from './gateway/api-spec.ts';
import { customDomain } from './gateway/custom-domain.ts';
import type { DataPlane } from './gateway/data-plane.ts';
import { type Listener, openListener } from './gateway/listener.ts';
import { claimPort } from './ports.ts';

export interface HostedDomain {
  readonly domainName: string;
  /** `https://127.0.0.1:8792/orders`: where the API at the shortest of its base paths answers. */
  readonly url: string;
  readonly isMutualTls: boolean;
}

/** What a client needs to talk to the domains. */
export interface HostedTls {
  /** Of the authority that vouches for the domains, and whose clients they let in. */
  readonly caFile: string;
  readonly clientCertFile: string;
  readonly clientKeyFile: string;
}

export interface DomainOptions {
  /** Of the authority; without it, it is made for this run and gone with it. */
  readonly directory: string | undefined;
  readonly nextPort: () => number;
  readonly log: Log;
  readonly atEnd: (end: () => Promise<void>) => void;
}

export interface OpenDomains {
  readonly domains: readonly HostedDomain[];
  /** `undefined` where the assembly has no custom domain. */
  readonly tls: HostedTls | undefined;
  /** Until this is called, requests are answered 503. */
  serve(planes: readonly DataPlane[]): void;
}

/**
 * Opens a TLS port for each custom domain. A truststore is an object in S3, which nobody here can fetch: the development
 * authority stands for all of them.
 * @throws PortInUse
 */
export async function openDomains(
  specs: readonly CustomDomainSpec[],
  options: DomainOptions,
): Promise<OpenDomains> {
  if (specs.length === 0) return { domains: [], tls: undefined, serve: () => undefined };
  // Loading the certificate library takes longer than anything else here: only for who needs it.
  const { developmentCa } = await import('./tls/development-ca.ts');
  const ca = await developmentCa(options.directory ?? temporary(options.atEnd));
  const certificate = await ca.serverCertificate(specs.map(({ domainName }) => domainName));
  const opened: { readonly spec: CustomDomainSpec; readonly listener: Listener }[] = [];
  for (const spec of specs) {
    const port = options.nextPort();
    const log: Log = (line) => options.log(`${spec.domainName}: ${line}`);
    const truststorePem = spec.isMutualTls ? ca.certificatePem : undefined;
    const listener = await claimPort(port, () =>
      openListener(port, { ...certificate, truststorePem, log }),
    );
    options.atEnd(() => listener.close());
    opened.push({ spec, listener });
  }
  const { caFile, clientCertFile, clientKeyFile } = ca;
  return {
    domains: opened.map(({ spec: { domainName, isMutualTls, mappings }, listener }) => {
      const [basePath = ''] = mappings.map((mapping) => mapping.basePath).sort();
      return { domainName, isMutualTls, url: `${listener.url}${basePath}` };
    }),
    tls: { caFile, clientCertFile, clientKeyFile },
    serve(planes) {
      for (const { spec, listener } of opened) listener.serve(customDomain(spec, planes));
    },
  };
}

function temporary(atEnd: DomainOptions['atEnd']): string {
  const directory = mkdtempSync(join(tmpdir(), 'keyward-tls-'));
  atEnd(async () => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
