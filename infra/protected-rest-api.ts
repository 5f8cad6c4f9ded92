import { Validations } from 'aws-cdk-lib';
import {
  EndpointType,
  type Integration,
  type MethodOptions,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import { Construct } from 'constructs';
import type { RouteAuthorizer } from './authorizers/route-authorizer.ts';
import type { Challenge } from './challenge.ts';
import type { RestAuthorizerKind } from './guarded-rest-api.ts';
import { isOther } from './revocation-lag.ts';
import { policyOf } from './route-table.ts';

export interface ProtectedRestApiProps {
  readonly authorizer: RouteAuthorizer;
  /** Answers every route, or says what answers one. */
  readonly integration: Integration | ((route: string) => Integration);
  /** @default the construct's id as realm */
  readonly challenge?: Challenge;
  readonly description?: string;
  /** `token` for an authorizer that is shown one header. @default request */
  readonly kind?: RestAuthorizerKind;
  /** Closes the default endpoint, so that the API answers on its domain alone. @default false */
  readonly disableExecuteApiEndpoint?: boolean;
}

/** A REST API made of a route table: every route of the authorizer's table, protected as the table says. */
export class ProtectedRestApi extends Construct {
  readonly api: RestApi;

  constructor(scope: Construct, id: string, props: ProtectedRestApiProps) {
    super(scope, id);
    this.api = new RestApi(this, 'Api', {
      restApiName: id,
      description: props.description ?? `${id}, protected by Keyward`,
      endpointConfiguration: { types: [EndpointType.REGIONAL] },
      // An account has one role for gateway logs; whoever owns the account sets it.
      cloudWatchRole: false,
      disableExecuteApiEndpoint: props.disableExecuteApiEndpoint ?? false,
    });
    const guard = props.authorizer.guardRestApi(
      this.api,
      props.challenge ?? { realm: id },
      props.kind ?? 'request',
    );
    const { integration } = props;
    for (const route of Object.keys(props.authorizer.routes)) {
      if (isOther('rest', route)) continue;
      const answer = typeof integration === 'function' ? integration(route) : integration;
      const [method = '', path = ''] = route.split(' ');
      const added = this.api.root
        .resourceForPath(path)
        .addMethod(method, answer, { ...guard.methodOptions(route), ...parametersOf(path) });
      if (!policyOf(props.authorizer.routes, route).public) continue;
      Validations.of(added).acknowledge({
        id: 'AwsSolutions::AwsSolutions-APIG4',
        reason: 'the route table says publicRoute()',
      });
    }
    for (const [rule, reason] of Object.entries(accepted)) {
      Validations.of(this).acknowledge({ id: `AwsSolutions::AwsSolutions-${rule}`, reason });
    }
  }
}

/** An integration may map the parameters of a path only where its method declares them. */
function parametersOf(path: string): Pick<MethodOptions, 'requestParameters'> {
  const names = [...path.matchAll(/\{([^+}]+)\+?\}/g)].map(([, name]) => name);
  if (names.length === 0) return {};
  return {
    requestParameters: Object.fromEntries(
      names.map((name) => [`method.request.path.${name}`, true]),
    ),
  };
}

/** Findings that this construct takes on purpose. */
const accepted: Readonly<Record<string, string>> = {
  COG4: 'a Keyward authorizer stands in front instead of a Cognito user pool',
  APIG1:
    'access logs of REST APIs need a role of the whole account; decisions are logged by the authorizer',
  APIG2: 'bodies are validated by the backend that knows them',
  APIG3: 'a web ACL is priced per API and belongs to whoever runs it; attach one to the stage',
  APIG6:
    'execution logs of REST APIs need a role of the whole account and can contain request data',
};
