/** The kind of gateway event that a request came in with. */
export type Surface = 'rest-request' | 'http-2';

/** One request that asks for access, the same for every surface. `gateway/` makes it from the event. */
export interface AuthRequest {
  readonly surface: Surface;
  /** Everything of the method ARN before the verb, checked part by part: `arn:…:<api>/<stage>`. */
  readonly stageArn: string;
  readonly route: {
    /** The verb of the matched route: `GET`. */
    readonly method: string;
    /** The matched template: `/orders/{id}`. Never the concrete path. */
    readonly template: string;
    /** `GET /orders/{id}` */
    readonly key: string;
  };
  /** Names in lower case, every value kept. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly requestId: string;
  readonly sourceIp?: string;
}
