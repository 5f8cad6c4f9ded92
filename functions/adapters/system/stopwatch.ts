/** Milliseconds that only ever grow. Not `performance.now`: its first use loads a module, at every cold start. */
export function stopwatch(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
