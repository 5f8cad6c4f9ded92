import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './temporary-folder.ts';

/** A stack of a hand-made assembly. */
export interface StackSource {
  readonly Resources: Readonly<Record<string, object>>;
  readonly [section: string]: unknown;
}

/**
 * Writes a cloud assembly as `cdk synth` does: manifest, templates, asset manifests, a folder per handler. It is gone
 * when the running test ends.
 *
 * @param stacks in the order of the manifest, which is not the order of their dependencies
 * @param handlers name → text of `index.mjs`; the object key of its code is `<name>.zip`
 */
export function writeAssembly(
  stacks: Readonly<Record<string, StackSource & { readonly dependencies?: readonly string[] }>>,
  handlers: Readonly<Record<string, string>> = {},
): string {
  const directory = temporaryFolder();
  for (const [name, code] of Object.entries(handlers)) {
    mkdirSync(join(directory, `asset.${name}`));
    writeFileSync(join(directory, `asset.${name}`, 'index.mjs'), code);
  }
  const files = Object.fromEntries(
    Object.keys(handlers).map((name) => [
      name,
      {
        source: { path: `asset.${name}`, packaging: 'zip' },
        destinations: { here: { objectKey: `${name}.zip` } },
      },
    ]),
  );
  const artifacts = Object.entries(stacks).flatMap(([name, { dependencies = [], ...template }]) => {
    writeFileSync(join(directory, `${name}.template.json`), JSON.stringify(template));
    writeFileSync(join(directory, `${name}.assets.json`), JSON.stringify({ files }));
    return [
      [
        `${name}.assets`,
        { type: 'cdk:asset-manifest', properties: { file: `${name}.assets.json` } },
      ],
      [
        name,
        {
          type: 'aws:cloudformation:stack',
          environment: 'aws://unknown-account/unknown-region',
          properties: { templateFile: `${name}.template.json` },
          dependencies: [`${name}.assets`, ...dependencies],
        },
      ],
    ];
  });
  const manifest = { version: '55.0.0', artifacts: Object.fromEntries(artifacts) };
  writeFileSync(join(directory, 'manifest.json'), JSON.stringify(manifest));
  return directory;
}

/** A role and a function with its code, as CDK renders them. */
export function lambdaFunction(
  id: string,
  handler: string,
  properties: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, object>> {
  return {
    [`${id}Role`]: {
      Type: 'AWS::IAM::Role',
      Properties: { AssumeRolePolicyDocument: {} },
    },
    [id]: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Code: { S3Bucket: 'assets', S3Key: `${handler}.zip` },
        Handler: 'index.handler',
        Runtime: 'nodejs24.x',
        Role: { 'Fn::GetAtt': [`${id}Role`, 'Arn'] },
        ...properties,
      },
    },
  };
}

/** Lets every API of the account invoke a function. */
export function apiPermission(functionId: string): Readonly<Record<string, object>> {
  return {
    [`${functionId}Permission`]: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        Action: 'lambda:InvokeFunction',
        FunctionName: { 'Fn::GetAtt': [functionId, 'Arn'] },
        Principal: 'apigateway.amazonaws.com',
      },
    },
  };
}

/** The URI under which API Gateway invokes a function. */
export function invocationUri(functionId: string): object {
  return {
    'Fn::Join': [
      '',
      [
        'arn:',
        { Ref: 'AWS::Partition' },
        ':apigateway:',
        { Ref: 'AWS::Region' },
        ':lambda:path/2015-03-31/functions/',
        { 'Fn::GetAtt': [functionId, 'Arn'] },
        '/invocations',
      ],
    ],
  };
}
