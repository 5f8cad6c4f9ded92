import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  LogGroupLogDestination,
  WebSocketApi,
  type WebSocketRouteIntegration,
  WebSocketStage,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { RouteAuthorizer } from './authorizers/route-authorizer.ts';
import { RevokedConnections } from './revoked-connections.ts';

export interface ProtectedWebSocketApiProps {
  /** Its table has a policy for `$connect`. */
  readonly authorizer: RouteAuthorizer;
  /** Answers `$connect`, `$disconnect` and every message; may echo a subprotocol. */
  readonly integration: () => WebSocketRouteIntegration;
  /** @default live */
  readonly stageName?: string;
  /** Are connections closed whose credential was revoked or has expired? @default true */
  readonly closesRevoked?: boolean;
}

/** A WebSocket API whose `$connect` is guarded; everything else comes through a connection that was let in. */
export class ProtectedWebSocketApi extends Construct {
  readonly api: WebSocketApi;
  readonly stage: WebSocketStage;

  constructor(scope: Construct, id: string, props: ProtectedWebSocketApiProps) {
    super(scope, id);
    const { authorizer, integration, stageName = 'live', closesRevoked = true } = props;
    this.api = new WebSocketApi(this, 'Api', {
      apiName: id,
      description: `${id}, protected by Keyward`,
    });
    this.api.addRoute('$connect', {
      integration: integration(),
      authorizer: authorizer.guardWebSocketApi(this.api).authorizer(),
    });
    this.api.addRoute('$disconnect', { integration: integration() });
    this.api.addRoute('$default', { integration: integration(), returnResponse: true });
    this.stage = new WebSocketStage(this, 'Stage', {
      webSocketApi: this.api,
      stageName,
      autoDeploy: true,
      accessLogSettings: {
        destination: new LogGroupLogDestination(
          new LogGroup(this, 'AccessLog', {
            retention: RetentionDays.ONE_MONTH,
            removalPolicy: RemovalPolicy.DESTROY,
          }),
        ),
        format: AccessLogFormat.custom(accessLogFormat),
      },
    });
    if (closesRevoked) {
      new RevokedConnections(this, 'RevokedConnections', { authorizer, stage: this.stage });
    }
    Validations.of(this).acknowledge({
      id: 'AwsSolutions::AwsSolutions-APIG4',
      reason: 'a WebSocket API is authorized at $connect; no other route is reached without it',
    });
  }
}

/** No header, no query: a browser's token may stand in either. */
const accessLogFormat: string = JSON.stringify({
  time: '$context.requestTimeEpoch',
  requestId: '$context.requestId',
  connection: '$context.connectionId',
  ip: '$context.identity.sourceIp',
  route: '$context.routeKey',
  status: '$context.status',
  decision: '$context.authorizer.dec',
});
