import { type HeapProfiler, Session } from 'node:inspector';

/** A function of ours, and what it allocates for one operation; what Node allocates on its behalf is its own. */
export interface HeapSite {
  readonly function: string;
  /** Of its script, counted from zero. */
  readonly line: number;
  readonly bytes: number;
}

/** What is garbage when the profile is taken counts like all else. */
const sampling: HeapProfiler.StartSamplingParameterType = {
  ...{ samplingInterval: 128, stackDepth: 64 },
  ...{ includeObjectsCollectedByMajorGC: true, includeObjectsCollectedByMinorGC: true },
};

/** Where so many operations of the script at a URL's end allocate, most first. What nobody of ours has asked for is missing. */
export async function heapSites(
  run: () => Promise<void>,
  url: string,
  times: number,
): Promise<readonly HeapSite[]> {
  const session = new Session();
  session.connect();
  session.post('HeapProfiler.startSampling', sampling);
  await run();
  const sites = new Map<string, HeapSite>();
  session.post('HeapProfiler.stopSampling', (error, { profile }) => {
    if (error !== null) throw error;
    add(profile.head, undefined);
  });
  session.disconnect();
  return [...sites.values()].sort((a, b) => b.bytes - a.bytes);

  /** @param caller the nearest function of ours around the node */
  function add(
    { callFrame, selfSize, children }: HeapProfiler.SamplingHeapProfileNode,
    caller: HeapProfiler.SamplingHeapProfileNode['callFrame'] | undefined,
  ): void {
    const own = callFrame.url.endsWith(url) ? callFrame : caller;
    if (own !== undefined) {
      const { functionName, lineNumber: line, columnNumber } = own;
      const key = `${line} ${columnNumber}`;
      const bytes = (sites.get(key)?.bytes ?? 0) + selfSize / times;
      sites.set(key, { function: functionName, line, bytes });
    }
    for (const child of children) add(child, own);
  }
}
