import type { ListedApi } from './template/list-apis.ts';

/** What stands on which port, counted from the base. */
const offsets = { issuer: 0, rest: 1, http: 2, awsEndpoint: 4, others: 10 } as const;

/** The port of each API, in their order. A base of 0 gives any free port to all of them. */
export function portsOf(apis: readonly ListedApi[], basePort: number): readonly number[] {
  const taken = new Set<number>();
  let next: number = offsets.others;
  return apis.map(({ kind, isIssuer }) => {
    if (basePort === 0) return 0;
    const wanted = isIssuer ? offsets.issuer : offsets[kind];
    const offset = taken.has(wanted) ? next++ : wanted;
    taken.add(offset);
    return basePort + offset;
  });
}

export function awsEndpointPort(basePort: number): number {
  return basePort === 0 ? 0 : basePort + offsets.awsEndpoint;
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
