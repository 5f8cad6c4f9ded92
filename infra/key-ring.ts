import { Duration, RemovalPolicy, SecretValue, Stack } from 'aws-cdk-lib';
import { Effect, ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnPermission, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnRotationSchedule, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { InvocationType, Trigger } from 'aws-cdk-lib/triggers';
import { Construct } from 'constructs';
import { toEnv } from '../functions/rotation/config.ts';
import { grantItems, KeywardFunction, type TableReference } from './function.ts';
import { retirementSeconds, type Settings, type StageKind } from './settings.ts';

/**
 * What the secret holds until the first ring is made. Part of the contract: CloudFormation writes the secret again
 * whenever this text changes, and that would replace the ring.
 */
const ringSentinel = '{"schema":0}';

export interface KeyRingProps {
  readonly stage: StageKind;
  readonly settings: Settings;
  readonly verification: TableReference;
}

/**
 * The signing keys: one secret, the function that rotates it, the first ring at deployment, the schedule afterwards.
 * The public half of the ring is one item of the Verification table, which this function alone writes.
 */
export class KeyRing extends Construct {
  readonly secret: Secret;
  readonly rotation: LambdaFunction;
  /** For people, not for functions: may start a rotation, with or without the publication lead, and revoke keys. */
  readonly operatorPolicy: ManagedPolicy;
  /** The trigger that makes the first ring: depend on it where keys must exist. */
  readonly firstKeys: Trigger;

  constructor(scope: Construct, id: string, props: KeyRingProps) {
    super(scope, id);
    const { settings } = props;
    this.secret = new Secret(this, 'Ring', {
      description: 'Keyward: signing keys and MAC keys',
      secretStringValue: SecretValue.unsafePlainText(ringSentinel),
      removalPolicy: props.stage === 'prod' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    this.rotation = new KeywardFunction(this, 'Rotation', {
      bundle: 'rotation',
      description: 'Keyward: makes and rotates the signing keys',
      memorySize: 1_024,
      timeoutSeconds: 60,
      environment: toEnv({
        ringSecret: this.secret.secretArn,
        verificationTable: props.verification.tableName,
        publicationLeadSeconds: settings.publicationLeadSeconds,
        retirementSeconds: retirementSeconds(settings),
        macRetirementSeconds: retirementSeconds(settings),
        publishedKeysMax: settings.publishedKeysMax,
        revocationPollSeconds: settings.revocationPollSeconds,
        accessTokenLifetimeMaxSeconds: settings.accessTokenLifetimeMaxSeconds,
      }),
    });
    this.rotation.addToRolePolicy(
      new PolicyStatement({
        effect: Effect.ALLOW,
        actions: [
          'secretsmanager:DescribeSecret',
          'secretsmanager:GetSecretValue',
          'secretsmanager:PutSecretValue',
          'secretsmanager:UpdateSecretVersionStage',
        ],
        resources: [this.secret.secretArn],
      }),
    );
    grantItems(
      this.rotation,
      props.verification,
      ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:DeleteItem'],
      ['JWKS'],
    );
    grantItems(this.rotation, props.verification, ['dynamodb:UpdateItem'], ['LOG#*']);
    this.firstKeys = new Trigger(this, 'FirstKeys', {
      handler: this.rotation,
      invocationType: InvocationType.REQUEST_RESPONSE,
      timeout: Duration.minutes(2),
    });
    // An invoked version may run before its role's policies are in place.
    this.firstKeys.executeAfter(this.rotation);
    this.schedule(settings);
    this.operatorPolicy = new ManagedPolicy(this, 'KeyOperator', {
      description: 'Keyward: may rotate the signing keys',
      statements: [
        new PolicyStatement({
          actions: ['secretsmanager:RotateSecret'],
          resources: [this.secret.secretArn],
        }),
        new PolicyStatement({
          actions: ['lambda:InvokeFunction'],
          resources: [this.rotation.functionArn],
        }),
      ],
    });
  }

  /**
   * The L1, because `addRotationSchedule` gives the service a permission without a source account, allows random
   * passwords on every resource, and rotates at every edit of the schedule.
   */
  private schedule(settings: Settings): void {
    const mayRotate = new CfnPermission(this, 'SecretsManagerMayRotate', {
      action: 'lambda:InvokeFunction',
      functionName: this.rotation.functionArn,
      principal: 'secretsmanager.amazonaws.com',
      sourceAccount: Stack.of(this).account,
      sourceArn: this.secret.secretArn,
    });
    const schedule = new CfnRotationSchedule(this, 'Schedule', {
      secretId: this.secret.secretArn,
      rotationLambdaArn: this.rotation.functionArn,
      rotateImmediatelyOnUpdate: false,
      rotationRules: { scheduleExpression: rate(settings.rotationPeriodSeconds) },
    });
    // CloudFormation tries the permission out when it creates the schedule.
    schedule.addResourceDependency(mayRotate);
    schedule.node.addDependency(this.firstKeys);
  }
}

function rate(seconds: number): string {
  const hours = seconds / 3_600;
  if (hours % 24 !== 0) return `rate(${hours} hours)`;
  return hours === 24 ? 'rate(1 day)' : `rate(${hours / 24} days)`;
}
