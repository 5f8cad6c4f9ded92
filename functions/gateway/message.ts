/** A plain HTTP request, made from whatever event a gateway sent. */
export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  /** Names in lower case, every value kept. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  /** As it was sent, without the question mark. */
  readonly rawQuery: string;
  /** The body's bytes; empty when there is none. `undefined` when the gateway's base64 was broken. */
  readonly body: Uint8Array | undefined;
  readonly requestId: string;
  readonly sourceIp?: string;
}

/** A plain HTTP response. */
export interface HttpResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An endpoint: a function from a plain request to a plain response. It throws only what is a fault. */
export type Endpoint = (request: HttpRequest) => Promise<HttpResponse> | HttpResponse;
