/** Runs rotations: the four steps in order, retries, and the schedule. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FunctionHost, Log } from '../contracts.ts';
import { nextRotation } from './schedule.ts';
import {
  makeVersion,
  moveLabel,
  pendingVersion,
  type RotationRules,
  type Secret,
} from './secret.ts';
import type { SecretStore } from './secret-store.ts';

/** How often a failed rotation is tried, the first time included, and how long Secrets Manager waits in between. */
export interface RetryPolicy {
  readonly attempts: number;
  readonly gapSeconds: number;
}

export interface RotationEngine {
  /** Makes room for a version (or takes the pending one of that id) and runs the steps behind the caller's back. */
  begin(secret: Secret, token: string): void;
  /** Calls `testSecret` alone, on a pending version that is taken away again. */
  tryOut(secret: Secret, token: string): void;
  isRunning(secret: Secret): boolean;
  /** Sets the next due time and the timer for it. A due time that is known already is kept. */
  arm(secret: Secret): void;
  /** No further step, retry or schedule. Labels stay where they are. */
  cancel(secret: Secret): void;
  /** Settles when nothing runs for this secret and no retry is planned. */
  settled(secret: Secret): Promise<void>;
  stop(): Promise<void>;
}

export interface RotationOptions {
  readonly store: SecretStore;
  readonly invoke: FunctionHost['invoke'];
  readonly accountId: string;
  readonly nowSeconds: () => number;
  readonly retries: RetryPolicy;
  readonly log: Log;
}

type Step = 'createSecret' | 'setSecret' | 'testSecret' | 'finishSecret';

const steps: readonly Step[] = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'];

/** setTimeout fires at once for anything longer. */
const timerMillisecondsMax = 2 ** 31 - 1;

export function rotationEngine(options: RotationOptions): RotationEngine {
  const { store, nowSeconds, retries, log } = options;
  const running = new Map<
    string,
    { readonly done: Promise<void>; readonly abort: AbortController }
  >();
  const timers = new Map<string, NodeJS.Timeout>();

  return { begin, tryOut, isRunning, arm, cancel, settled, stop };

  function begin(secret: Secret, token: string): void {
    makePending(secret, token);
    launch(secret, (signal) => rotate(secret, token, signal));
  }

  function tryOut(secret: Secret, token: string): void {
    makePending(secret, token);
    launch(secret, async (signal) => {
      await call(secret, token, 'testSecret', randomUUID(), signal);
      const version = secret.versions.get(token);
      // Whoever gave it a value or made it current meanwhile keeps it.
      if (version?.value === undefined) secret.versions.delete(token);
      store.save();
    });
  }

  function makePending(secret: Secret, token: string): void {
    const version = secret.versions.get(token) ?? makeVersion(secret, token, nowSeconds());
    moveLabel(secret, 'AWSPENDING', version);
    store.save();
  }

  function launch(secret: Secret, work: (signal: AbortSignal) => Promise<void>): void {
    const abort = new AbortController();
    // Never rejects: a rotation fails behind the caller's back, and the log is the only one to hear of it.
    const done = work(abort.signal)
      .catch((error: Error) => {
        if (!abort.signal.aborted) log(`rotation of ${secret.name}: ${error.message}`);
      })
      .finally(() => {
        if (running.get(secret.arn)?.abort === abort) running.delete(secret.arn);
      });
    running.set(secret.arn, { done, abort });
  }

  async function rotate(secret: Secret, token: string, signal: AbortSignal): Promise<void> {
    for (let attempt = 1; attempt <= retries.attempts; attempt += 1) {
      if (attempt > 1) await sleep(retries.gapSeconds * 1000, undefined, { ref: false, signal });
      if (await attemptOnce(secret, token, signal)) {
        if (secret.rotation !== undefined) secret.rotation.lastSeconds = nowSeconds();
        store.save();
        return;
      }
      if (signal.aborted) return;
    }
    log(`rotation of ${secret.name}: gave up after ${retries.attempts} attempts`);
  }

  /** True when the rotation is over: the version is current, or the function has given it up. */
  async function attemptOnce(secret: Secret, token: string, signal: AbortSignal): Promise<boolean> {
    const rotationToken = randomUUID();
    for (const step of steps) {
      if (!(await call(secret, token, step, rotationToken, signal))) return false;
    }
    return pendingVersion(secret)?.id !== token;
  }

  async function call(
    secret: Secret,
    token: string,
    step: Step,
    rotationToken: string,
    signal: AbortSignal,
  ): Promise<boolean> {
    if (signal.aborted || secret.rotation === undefined) return false;
    const event = {
      Step: step,
      SecretId: secret.arn,
      ClientRequestToken: token,
      RotationToken: rotationToken,
    };
    const result = await options.invoke(secret.rotation.lambdaArn, JSON.stringify(event), {
      service: 'secretsmanager.amazonaws.com',
      sourceArn: secret.arn,
      sourceAccount: options.accountId,
    });
    if (result.kind === 'answer') return true;
    // The type alone: what a function says of its failure is in its own log.
    const why = result.kind === 'refused' ? result.reason : result.errorType;
    log(`rotation of ${secret.name}: ${step} failed: ${why}`);
    return false;
  }

  function isRunning(secret: Secret): boolean {
    return running.has(secret.arn);
  }

  function arm(secret: Secret): void {
    clearTimeout(timers.get(secret.arn));
    const { rotation } = secret;
    const expression = rotation === undefined ? undefined : scheduleOf(rotation.rules);
    if (rotation === undefined || !rotation.enabled || expression === undefined) return;
    rotation.nextSeconds ??= nextRotation(expression, nowSeconds());
    const milliseconds = Math.max(0, (rotation.nextSeconds - nowSeconds()) * 1000);
    const timer = setTimeout(() => onTimer(secret), Math.min(milliseconds, timerMillisecondsMax));
    timer.unref();
    timers.set(secret.arn, timer);
  }

  function onTimer(secret: Secret): void {
    const { rotation } = secret;
    if (rotation === undefined || !rotation.enabled) return;
    if (rotation.nextSeconds !== undefined && rotation.nextSeconds <= nowSeconds()) {
      rotation.nextSeconds = undefined;
      // A rotation that got stuck is tried again under its own token.
      if (!isRunning(secret) && secret.deletionSeconds === undefined) {
        begin(secret, pendingVersion(secret)?.id ?? randomUUID());
      }
    }
    arm(secret);
    store.save();
  }

  function cancel(secret: Secret): void {
    clearTimeout(timers.get(secret.arn));
    timers.delete(secret.arn);
    running.get(secret.arn)?.abort.abort();
  }

  async function settled(secret: Secret): Promise<void> {
    while (running.has(secret.arn)) await running.get(secret.arn)?.done;
  }

  async function stop(): Promise<void> {
    for (const timer of timers.values()) clearTimeout(timer);
    timers.clear();
    const pending = [...running.values()];
    for (const { abort } of pending) abort.abort();
    await Promise.all(pending.map(({ done }) => done));
  }
}

/** @throws for a schedule that is not understood, when it is set and not when it is due */
export function scheduleOf(rules: RotationRules): string | undefined {
  if (rules.ScheduleExpression !== undefined) return rules.ScheduleExpression;
  if (rules.AutomaticallyAfterDays === undefined) return undefined;
  return `rate(${rules.AutomaticallyAfterDays} days)`;
}
