import { CfnOutput, Duration, Stack, Validations } from 'aws-cdk-lib';
import { type IWebSocketStage, WebSocketApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { toEnv } from '../functions/connections/config.ts';
import {
  connectionCloseSeconds,
  connectionsPeriodSeconds,
  connectionsRunSeconds,
} from '../functions/core/durations.ts';
import type { RouteAuthorizer } from './authorizers/route-authorizer.ts';
import { flatReference } from './flat-reference.ts';
import {
  grantItems,
  grantRevocationLog,
  KeywardFunction,
  type TableReference,
} from './function.ts';
import { policyOf } from './route-table.ts';

export interface RevokedConnectionsProps {
  /** Guards `$connect` of the stage's API. */
  readonly authorizer: RouteAuthorizer;
  readonly stage: IWebSocketStage;
}

/** What was begun may be finished. */
const patienceSeconds = 15;

/**
 * Closes the connections of a WebSocket API whose credential was revoked or withdrawn, or has expired. API Gateway asks the
 * authorizer at `$connect` alone, so the authorizer remembers whom it lets in, and a function looks at them every minute.
 */
export class RevokedConnections extends Construct {
  /** For alarms. */
  readonly function: LambdaFunction;
  readonly #props: RevokedConnectionsProps;

  constructor(scope: Construct, id: string, props: RevokedConnectionsProps) {
    super(scope, id);
    this.#props = props;
    const { authorizer, stage } = props;
    const { verification, clients, settings } = authorizer.keyward;
    const connections = authorizer.rememberConnections();
    this.function = new KeywardFunction(this, 'Function', {
      bundle: 'connections',
      description: 'Keyward: closes revoked connections',
      memorySize: 512,
      timeoutSeconds: connectionsRunSeconds + patienceSeconds,
      environment: toEnv({
        connectionsTable: connections.tableName,
        verificationTable: verification.tableName,
        clientsTable: clients.tableName,
        stage: this.#stage(),
        callbackUrl: stage.callbackUrl,
        accessTokenLifetimeMaxSeconds: settings.accessTokenLifetimeMaxSeconds,
        revocationPollSeconds: settings.revocationPollSeconds,
      }),
    });
    this.#grant(connections);
    this.node.addValidation({ validate: () => this.#problems() });
    new Rule(this, 'EveryMinute', {
      description: 'Keyward: closes revoked connections',
      schedule: Schedule.rate(Duration.seconds(connectionsPeriodSeconds)),
      // The next minute brings the next event.
      targets: [new LambdaTarget(this.function, { retryAttempts: 0 })],
    });
    new CfnOutput(this, 'ClosedWithin', {
      description: `seconds after which an open connection is closed whose credential was revoked or has expired: ${this.node.path}`,
      value: `${connectionCloseSeconds} s`,
    });
  }

  /** Connections that another authorizer lets in are remembered nowhere, and would never be closed. */
  #problems(): string[] {
    const { authorizer, stage } = this.#props;
    const { api } = stage;
    return !(api instanceof WebSocketApi) || authorizer.isGuarding(api)
      ? []
      : [
          `${authorizer.node.path} does not guard ${api.node.path}: connections that it never sees cannot be closed`,
        ];
  }

  #stage(): string {
    const { stage } = this.#props;
    return `${stage.api.apiId}/${stage.stageName}`;
  }

  #grant(connections: TableReference): void {
    const { authorizer } = this.#props;
    const { verification, clients } = authorizer.keyward;
    const policy = policyOf(authorizer.routes, '$connect');
    const schemes: readonly string[] = policy.public ? [] : policy.schemes;
    const records = [
      ...(schemes.includes('apikey') ? ['AK#*'] : []),
      ...(schemes.includes('basic') ? ['BU#*'] : []),
    ];
    grantItems(
      this.function,
      connections,
      ['dynamodb:Query', 'dynamodb:DeleteItem'],
      [this.#stage()],
    );
    grantRevocationLog(this.function, verification);
    if (records.length > 0) grantItems(this.function, clients, ['dynamodb:GetItem'], records);
    const ofStage = Stack.of(this).formatArn({
      service: 'execute-api',
      resource: this.#stage(),
      resourceName: 'DELETE/@connections/*',
    });
    this.function.addToRolePolicy(
      new PolicyStatement({
        effect: Effect.ALLOW,
        actions: ['execute-api:ManageConnections'],
        resources: [ofStage],
      }),
    );
    Validations.of(this).acknowledge({
      id: `AwsSolutions::AwsSolutions-IAM5[Resource::${flatReference(this, ofStage)}]`,
      reason:
        'any connection of this stage may have to be closed, and nothing else may be done to one',
    });
  }
}
