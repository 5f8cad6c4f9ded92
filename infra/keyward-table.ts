import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, Billing, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import type { StageKind } from './settings.ts';

export interface KeywardTableProps {
  readonly stage: StageKind;
  /** Has a sort key `sk` beside `pk`. @default false */
  readonly sorted?: boolean;
}

/**
 * A table with the defaults of this product: on demand, `ttl` sweeps, 35 days of recovery. In `prod` it survives its
 * stack and refuses deletion. No read limit: as a cost cap it would be a self-made outage of every authorizer.
 */
export class KeywardTable extends TableV2 {
  constructor(scope: Construct, id: string, props: KeywardTableProps) {
    const isProd = props.stage === 'prod';
    super(scope, id, {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      ...(props.sorted ? { sortKey: { name: 'sk', type: AttributeType.STRING } } : {}),
      billing: Billing.onDemand(),
      timeToLiveAttribute: 'ttl',
      pointInTimeRecoverySpecification: {
        pointInTimeRecoveryEnabled: true,
        recoveryPeriodInDays: 35,
      },
      deletionProtection: isProd,
      removalPolicy: isProd ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
  }
}
