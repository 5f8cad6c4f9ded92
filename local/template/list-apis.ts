import type { Stack } from './assembly.ts';

/** An API of an assembly, known before anything is resolved: its address goes into what is resolved. */
export interface ListedApi {
  readonly stackName: string;
  readonly logicalId: string;
  readonly kind: 'http' | 'rest' | 'webSocket';
  /** It has the token route. */
  readonly isIssuer: boolean;
}

/** The APIs of an assembly, in the order of the templates. */
export function listApis(stacks: readonly Stack[]): readonly ListedApi[] {
  return stacks.flatMap(({ name: stackName, template }) => {
    const resources = Object.entries(template.Resources ?? {});
    const issuers = resources
      .filter(([, { Type }]) => Type === 'AWS::ApiGatewayV2::Route')
      .filter(([, { Properties }]) => /(^|\s)\/oauth2\/token$/.test(String(Properties?.RouteKey)))
      .map(
        ([, { Properties }]) => (Properties?.ApiId as { readonly Ref?: string } | undefined)?.Ref,
      );
    return resources.flatMap(([logicalId, { Type, Properties }]) => {
      const isWebSocket = kinds[Type] === 'http' && Properties?.ProtocolType === 'WEBSOCKET';
      const kind = isWebSocket ? 'webSocket' : kinds[Type];
      return kind === undefined
        ? []
        : [{ stackName, logicalId, kind, isIssuer: issuers.includes(logicalId) }];
    });
  });
}

const kinds: Readonly<Record<string, ListedApi['kind']>> = {
  'AWS::ApiGatewayV2::Api': 'http',
  'AWS::ApiGateway::RestApi': 'rest',
};
