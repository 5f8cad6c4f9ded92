import type { Reply } from './ask.ts';

/** All that a caller gets to see of an answer, without what differs from answer to answer. */
export function seen({ status, headers, text }: Reply): object {
  const ids = ['x-amzn-requestid', 'apigw-requestid', 'date'];
  return {
    status,
    headers: Object.entries(headers).filter(([name]) => !ids.includes(name)),
    text: text.replace(/"request_id":"[^"]+"/, ''),
  };
}
