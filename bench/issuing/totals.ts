import { algorithms } from '../../functions/core/tokens/algorithm.ts';
import { rounded } from '../measure/report.ts';
import type { IssuingFigures } from './measure.ts';
import type { Served } from './over-http.ts';

/** How many tokens one second of CPU makes, from the bare signature to HTTP, and how many one core over HTTP. */
export function totals(here: IssuingFigures, served: readonly Served[]): readonly object[] {
  return algorithms.map((alg) => {
    const perCpuSecond = (cpu: number | undefined) => rounded(1_000_000 / (cpu ?? Number.NaN));
    const cpuOf = (name: string) =>
      [...here.floors, ...here.signing, ...here.issuing].find((one) => one.name === name)?.cpu;
    const http = served.find((one) => one.alg === alg && one.name === 'keyward');
    return {
      alg,
      'bare signatures/CPU s': perCpuSecond(cpuOf(alg)),
      'signed/CPU s': perCpuSecond(cpuOf(`sign ${alg}: keyward`)),
      'in process/CPU s': perCpuSecond(cpuOf(`${alg}, post: keyward`)),
      'over HTTP/CPU s': perCpuSecond(http?.cpu),
      'over HTTP/s': rounded(http?.perSecond ?? Number.NaN),
    };
  });
}
