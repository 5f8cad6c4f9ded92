import { join } from 'node:path';
import { alone } from '../measure/alone.ts';
import type { Service } from '../measure/service.ts';
import { median } from '../measure/statistics.ts';
import { firstRequests } from './first-requests.ts';
import type { Probed, ProbeInput } from './probe.ts';

/** What the start of a bundle costs and loads. */
export type Start = Pick<Probed, 'cpuMs' | 'peakMiB' | 'atLoad' | 'byAnswer'>;

export interface Starts {
  /** Throws when the first answer is wrong, or when a fault is in the log. Times are medians of so many processes. */
  of(bundle: string, samples: number): Promise<Start>;
  /** The same of a handler that does nothing. */
  ofFile(file: string, samples: number): Promise<Start>;
  stop(): void;
}

export async function starts(service: Service): Promise<Starts> {
  const requests = firstRequests(service);
  const probe = await alone<Probed>(join(import.meta.dirname, 'probe.ts'));

  async function sampled(
    bundle: string,
    input: Omit<ProbeInput, 'context'>,
    samples: number,
    isRight: (answer: unknown) => boolean,
  ): Promise<Start> {
    const all: Probed[] = [];
    for (let i = 0; i < samples; i += 1) {
      const { figures, logged } = await probe.run({
        input: { ...input, context: { awsRequestId: 'first' } },
        env: service.environmentOf(bundle),
      });
      const isFaulty = logged.includes('"event":"fault"');
      if (!isRight(figures.answer) || isFaulty) {
        throw new Error(`${bundle}: answers ${JSON.stringify(figures.answer)}\n${logged}`);
      }
      all.push(figures);
    }
    const [first] = all;
    if (first === undefined) throw new Error('no samples');
    return {
      ...{ atLoad: first.atLoad, byAnswer: first.byAnswer },
      cpuMs: median(all.map(({ cpuMs }) => cpuMs)),
      peakMiB: median(all.map(({ peakMiB }) => peakMiB)),
    };
  }

  return {
    of(bundle, samples) {
      const request = requests[bundle];
      if (request === undefined) {
        throw new Error(`${bundle}: has no first request in bench/bundles/first-requests.ts`);
      }
      const { event, isRight } = request;
      return sampled(bundle, { file: service.fileOf(bundle), event }, samples, isRight);
    },
    ofFile: (file, samples) => sampled('empty', { file, event: {} }, samples, () => true),
    stop: () => probe.stop(),
  };
}
