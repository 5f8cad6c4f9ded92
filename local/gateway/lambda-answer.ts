import { type GatewayAnswer, isSendable, jsonAnswer, remapHeaders } from './gateway-answer.ts';

/** How the answer of a proxy integration is read. */
export interface LambdaAnswerForm {
  /** 2.0 also takes answers without a status: the whole value is the body then. */
  readonly format: '1.0' | '2.0';
  readonly defaultContentType: string;
  /** Whether a body that is marked as Base64 is decoded for this client. */
  readonly decodesBase64: boolean;
}

/** Reads what a function answered to a proxy integration; `undefined` for what a gateway calls malformed. */
export function parseLambdaAnswer(
  payload: string,
  form: LambdaAnswerForm,
): GatewayAnswer | undefined {
  let answer: unknown;
  try {
    answer = JSON.parse(payload);
  } catch {
    return undefined;
  }
  if (form.format === '2.0' && !(isObject(answer) && Object.hasOwn(answer, 'statusCode'))) {
    if (typeof answer !== 'string') return jsonAnswer(200, answer);
    return { ...jsonAnswer(200, null), body: Buffer.from(answer) };
  }
  if (!isObject(answer)) return undefined;
  const status = Number(answer.statusCode);
  if (!Number.isInteger(status) || status < 200 || status > 599) return undefined;
  const headers = readHeaders(answer, form.format);
  if (headers === undefined || !headers.every(isSendable)) return undefined;
  const body = answer.body ?? '';
  if (typeof body !== 'string') return undefined;
  const isBase64 = answer.isBase64Encoded === true && form.decodesBase64;
  const hasType = headers.some(([name]) => name.toLowerCase() === 'content-type');
  const contentType: readonly (readonly [string, string])[] = hasType
    ? []
    : [['content-type', form.defaultContentType]];
  return {
    status,
    headers: [...remapHeaders(headers), ...contentType],
    body: Buffer.from(body, isBase64 ? 'base64' : 'utf8'),
  };
}

function readHeaders(
  answer: Readonly<Record<string, unknown>>,
  format: '1.0' | '2.0',
): readonly (readonly [string, string])[] | undefined {
  const { headers = {}, multiValueHeaders = {}, cookies = [] } = withoutNulls(answer);
  if (!isObject(headers) || !isObject(multiValueHeaders) || !Array.isArray(cookies)) {
    return undefined;
  }
  const many = format === '1.0' ? Object.entries(multiValueHeaders) : [];
  const listed = many.flatMap(([name, values]) =>
    (Array.isArray(values) ? (values as unknown[]) : [values]).map((value) => [name, value]),
  );
  const manyNames = new Set(many.map(([name]) => name.toLowerCase()));
  const single = Object.entries(headers).filter(([name]) => !manyNames.has(name.toLowerCase()));
  const set = format === '2.0' ? cookies.map((cookie) => ['set-cookie', cookie]) : [];
  const pairs: (readonly [string, string])[] = [];
  for (const [name, value] of [...single, ...listed, ...set]) {
    if (value === null || value === undefined) continue;
    if (!['string', 'number', 'boolean'].includes(typeof value)) return undefined;
    pairs.push([String(name), String(value)]);
  }
  return pairs;
}

function withoutNulls(answer: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(answer).filter(([, value]) => value !== null));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
