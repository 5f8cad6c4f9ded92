import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AwsReply, AwsService } from './aws-service.ts';
import { type Fault, isDelay } from './fault.ts';

/**
 * Executes a call and sends its answer, with the faults that were asked for: before the call takes effect, or after
 * it, when the caller cannot know whether it did.
 */
export async function answerWithFaults(
  response: ServerResponse,
  faults: readonly Fault[],
  service: AwsService,
  answer: () => Promise<AwsReply>,
): Promise<void> {
  for (const fault of faults) {
    if (fault.kind === 'held') await fault.by();
    if (fault.kind !== 'latency') continue;
    const jitter = Math.random() * (fault.jitterMilliseconds ?? 0);
    await sleep(fault.milliseconds + jitter, undefined, { ref: false });
  }
  const fault = faults.find((one) => !isDelay(one));
  const takesEffect =
    fault === undefined ||
    fault.kind === 'truncate' ||
    fault.kind === 'garbage' ||
    ('when' in fault && fault.when === 'after');
  const reply = takesEffect ? await answer() : undefined;
  switch (fault?.kind) {
    case 'hang':
      return;
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'error':
      send(
        response,
        service.errorReply(errorNames[fault.status], 'an injected fault', fault.status),
      );
      return;
    case 'throttle': {
      const name =
        service.prefix === 'dynamodb'
          ? 'ProvisionedThroughputExceededException'
          : 'ThrottlingException';
      send(response, service.errorReply(name, 'an injected fault', 400));
      return;
    }
    case 'access-denied':
      send(response, service.errorReply('AccessDeniedException', 'an injected fault', 400));
      return;
    case 'garbage':
      send(response, {
        status: 200,
        headers: { 'content-type': 'application/x-amz-json-1.0' },
        body: '<html>not what you asked for',
      });
      return;
    case 'truncate': {
      const whole = Buffer.from(reply?.body ?? '');
      response.writeHead(reply?.status ?? 200, {
        ...reply?.headers,
        'content-length': whole.byteLength,
      });
      response.write(whole.subarray(0, Math.floor(whole.byteLength / 2)), () =>
        response.socket?.destroy(),
      );
      return;
    }
    default:
      if (reply !== undefined) send(response, reply);
  }
}

const errorNames = { 500: 'InternalServerError', 503: 'ServiceUnavailable' } as const;

function send(response: ServerResponse, { status, headers, body }: AwsReply): void {
  const length = status === 204 ? {} : { 'content-length': Buffer.byteLength(body) };
  response.writeHead(status, { ...headers, ...length });
  response.end(body);
}
