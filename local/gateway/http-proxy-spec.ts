/** An HTTP_PROXY integration: a backend on this machine, and what becomes of a request on its way there. */
export interface HttpProxySpec {
  /** `http://127.0.0.1:8080` */
  readonly origin: string;
  /** `/orders/{id}`; each placeholder has a mapping. */
  readonly pathTemplate: string;
  /** A verb; `ANY` takes the client's. */
  readonly httpMethod: string;
  readonly timeoutMilliseconds: number;
  readonly mappings: readonly RequestMapping[];
}

/** What is written into one place of the integration request. No place has two mappings. */
export type RequestMapping =
  | { readonly action: 'remove'; readonly place: 'header'; readonly name: string }
  | {
      readonly action: 'overwrite';
      readonly place: 'header' | 'querystring' | 'path';
      readonly name: string;
      readonly source: MappingSource;
    }
  | {
      readonly action: 'append';
      readonly place: 'header';
      readonly name: string;
      readonly source: MappingSource;
    };

export type MappingSource =
  | { readonly kind: 'static'; readonly text: string }
  | {
      readonly kind: 'header' | 'querystring' | 'path' | 'context' | 'stageVariable';
      readonly name: string;
    };
