import { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { parameterName } from './exports.ts';
import type { TableReference } from './function.ts';
import { type Settings, settingsOf } from './settings.ts';

/** What an authorizer needs of the issuer whose tokens it accepts. */
export interface IKeyward {
  readonly issuer: string;
  /** Holds the public keys. Nothing in it is secret. */
  readonly verification: TableReference;
  readonly settings: Settings;
}

/** A Keyward that another CDK app of the same account and region has deployed. */
export class KeywardRef extends Construct implements IKeyward {
  readonly issuer: string;
  readonly verification: TableReference;
  readonly settings: Settings;

  private constructor(scope: Construct, id: string, name: string, settings: Partial<Settings>) {
    super(scope, id);
    const fact = (which: 'issuer' | 'verificationTableArn') =>
      StringParameter.valueForStringParameter(this, parameterName(name, which));
    this.issuer = fact('issuer');
    this.verification = TableV2.fromTableArn(this, 'Verification', fact('verificationTableArn'));
    this.settings = settingsOf('prod', settings);
  }

  /**
   * Reads the deployment's parameters when the stack is deployed.
   *
   * @param name the `name` of that deployment
   * @param settings durations that differ there from the defaults; verifiers only use the skew, the hard maximum, the
   *   hold of a ring and the key cache
   */
  static fromSsm(
    scope: Construct,
    id: string,
    name = 'default',
    settings: Partial<Settings> = {},
  ): KeywardRef {
    return new KeywardRef(scope, id, name, settings);
  }
}
