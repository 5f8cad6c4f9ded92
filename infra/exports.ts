import { CfnOutput, Tags } from 'aws-cdk-lib';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';

/** What others need to know of a deployment. Nothing secret is ever among it. */
export interface ExportedFacts {
  readonly issuer: string;
  readonly jwksUri: string;
  readonly tokenEndpoint: string;
  readonly verificationTableName: string;
  readonly verificationTableArn: string;
  readonly clientsTableArn: string;
  readonly countersTableArn: string;
  readonly apiKeyPrefix: string;
  readonly apiKeyEnvironment: string;
  readonly adminArn: string;
  readonly rotationArn: string;
  readonly ringArn: string;
}

/** Name of the parameter that holds a fact; the version is in the path, so that a breaking change stands beside it. */
export function parameterName(name: string, fact: keyof ExportedFacts): string {
  const kebab = fact.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return `/keyward/${name}/v1/${kebab}`;
}

/** Writes the facts to SSM parameters (for other apps, the command line) and to stack outputs (for people). */
export class Exports extends Construct {
  constructor(scope: Construct, id: string, name: string, facts: ExportedFacts) {
    super(scope, id);
    for (const [fact, value] of Object.entries(facts) as [keyof ExportedFacts, string][]) {
      new StringParameter(this, fact, {
        parameterName: parameterName(name, fact),
        stringValue: value,
        description: `Keyward ${name}: ${fact}`,
      });
    }
    for (const fact of ['issuer', 'jwksUri', 'tokenEndpoint', 'adminArn'] as const) {
      new CfnOutput(this, `Output${fact}`, { value: facts[fact] });
    }
    Tags.of(this).add('keyward', name);
  }
}
