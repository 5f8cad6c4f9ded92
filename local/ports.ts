import type { ListedApi } from './template/list-apis.ts';

/** What stands on which port, counted from the base. */
const offsets = {
  ...{ issuer: 0, rest: 1, http: 2, webSocket: 3 },
  ...{ awsEndpoint: 4, domain: 5, others: 10 },
} as const;

/** Gives each thing its port. A base of 0 gives any free port to all of them. */
export interface PortPlan {
  /** In the order of the templates: the first of a kind gets the port of that kind. */
  forApi(api: ListedApi): number;
  /** Of a custom domain; after the APIs. */
  forDomain(): number;
  readonly awsEndpoint: number;
}

export function portPlan(basePort: number): PortPlan {
  const taken = new Set<number>();
  let next: number = offsets.others;
  const port = (offset: number): number => (basePort === 0 ? 0 : basePort + offset);
  const claim = (wanted: number): number => {
    const offset = taken.has(wanted) ? next++ : wanted;
    taken.add(offset);
    return port(offset);
  };
  return {
    forApi: ({ kind, isIssuer }) => claim(isIssuer ? offsets.issuer : offsets[kind]),
    forDomain: () => claim(offsets.domain),
    awsEndpoint: port(offsets.awsEndpoint),
  };
}

/** The largest base that leaves room for what is counted from it. */
export const basePortMax: number = 65_535 - 100;

/** Somebody else listens where the runner must. */
class PortInUse extends Error {
  override readonly name = 'PortInUse';
}

/** @throws PortInUse */
export async function claimPort<T>(port: number, listen: () => Promise<T>): Promise<T> {
  try {
    return await listen();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw cause;
    const problem = code === 'EACCES' ? 'is not allowed' : 'is in use';
    throw new PortInUse(`port ${port} ${problem}: choose another base with --port`, { cause });
  }
}
