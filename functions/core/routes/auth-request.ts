/** The kind of gateway event that a request came in with. */
export type Surface = 'rest-token' | 'rest-request' | 'http-1' | 'http-2' | 'websocket';

/** One request that asks for access, the same for every surface. `gateway/` makes it from the event. */
export interface AuthRequest {
  readonly surface: Surface;
  /** Everything of the method ARN before the verb, checked part by part: `arn:…:<api>/<stage>`. */
  readonly stageArn: string;
  /** The route that the gateway matched. A REST TOKEN event does not say. */
  readonly route: MatchedRoute | undefined;
  /** By their names in lower case. */
  readonly headers: RequestValues;
  /** Decoded. */
  readonly query: RequestValues;
  /** The client certificate of the connection, as PEM. The gateway has checked its chain and never its revocation. */
  readonly certificatePem?: string;
  /** Of a WebSocket API: the connection that the answer opens. */
  readonly connectionId?: string;
  readonly requestId: string;
  readonly sourceIp?: string;
}

/** Every value that a request has under a name. */
export interface RequestValues {
  get(name: string): readonly string[] | undefined;
}

export interface MatchedRoute {
  /** The verb of the request: `GET`. Empty for a WebSocket. */
  readonly method: string;
  /** The matched template: `/orders/{id}`. Never the concrete path. */
  readonly template: string;
  /** `GET /orders/{id}`, `$connect` */
  readonly key: string;
}
