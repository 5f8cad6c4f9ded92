import { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import type { ApiKeyFormat } from '../functions/core/credentials/api-key.ts';
import { type ExportedFacts, parameterName } from './exports.ts';
import type { TableReference } from './function.ts';
import { type Settings, settingsOf } from './settings.ts';

/** What an authorizer needs of the issuer whose tokens it accepts. */
export interface IKeyward {
  /** Under which its facts are: `/keyward/<name>/v1/…`. */
  readonly name: string;
  readonly issuer: string;
  /** Holds the public keys. Nothing in it is secret. */
  readonly verification: TableReference;
  /** Holds hashes of API keys, users and certificates. */
  readonly clients: TableReference;
  /** Holds what authorizers count; losing it loses no truth. */
  readonly counters: TableReference;
  /** What its API keys begin with. */
  readonly apiKeyFormat: ApiKeyFormat;
  readonly settings: Settings;
}

/** A Keyward that another CDK app of the same account and region has deployed. */
export class KeywardRef extends Construct implements IKeyward {
  readonly name: string;
  readonly issuer: string;
  readonly verification: TableReference;
  readonly clients: TableReference;
  readonly counters: TableReference;
  readonly apiKeyFormat: ApiKeyFormat;
  readonly settings: Settings;

  private constructor(scope: Construct, id: string, name: string, settings: Partial<Settings>) {
    super(scope, id);
    this.name = name;
    const fact = (which: keyof ExportedFacts) =>
      StringParameter.valueForStringParameter(this, parameterName(name, which));
    const table = (id: string, which: keyof ExportedFacts) =>
      TableV2.fromTableArn(this, id, fact(which));
    this.issuer = fact('issuer');
    this.verification = table('Verification', 'verificationTableArn');
    this.clients = table('Clients', 'clientsTableArn');
    this.counters = table('Counters', 'countersTableArn');
    this.apiKeyFormat = {
      prefix: fact('apiKeyPrefix'),
      environment: fact('apiKeyEnvironment'),
    };
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
