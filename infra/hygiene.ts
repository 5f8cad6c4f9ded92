import { type App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';

/**
 * Static checks of the whole app, beside CloudFormation's own. What is left must be acknowledged where it stands, with
 * its reason. `CDK_VALIDATION=false` skips both: seconds of every synth that a test or the local runner need not spend.
 */
export function hygiene(app: App): void {
  if (process.env.CDK_VALIDATION === 'false') return;
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
}
