import { RemovalPolicy } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { type HttpApi, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

export interface LoggedHttpStageProps {
  readonly api: HttpApi;
  /** Requests a second, and how many at once on top. @default the account's */
  readonly throttle?: { readonly rateLimit: number; readonly burstLimit: number };
}

/** The `$default` stage of an HTTP API with an access log of 30 days. */
export class LoggedHttpStage extends Construct {
  constructor(scope: Construct, id: string, props: LoggedHttpStageProps) {
    super(scope, id);
    const log = new LogGroup(this, 'AccessLog', {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    new HttpStage(this, 'Stage', {
      httpApi: props.api,
      stageName: '$default',
      autoDeploy: true,
      ...(props.throttle === undefined ? {} : { throttle: props.throttle }),
      accessLogSettings: {
        destination: new LogGroupLogDestination(log),
        format: AccessLogFormat.custom(accessLogFormat),
      },
    });
  }
}

/**
 * What a request was and how it ended. No header, no query: both may carry a credential by mistake. `decision` leads from
 * an answer of the gateway's cache back to the record of the decision that was replayed.
 */
const accessLogFormat: string = JSON.stringify({
  time: '$context.requestTimeEpoch',
  requestId: '$context.requestId',
  ip: '$context.identity.sourceIp',
  method: '$context.httpMethod',
  route: '$context.routeKey',
  status: '$context.status',
  latencyMs: '$context.responseLatency',
  decision: '$context.authorizer.dec',
});
