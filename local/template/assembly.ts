import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseTemplate, type Template, TemplateError } from './template.ts';

/** One stack of a cloud assembly. */
export interface Stack {
  readonly name: string;
  /** `undefined` where the app leaves it to the deployment. */
  readonly accountId: string | undefined;
  readonly region: string | undefined;
  readonly template: Template;
  /** Folder of an asset, by the object key that the template gives it; `undefined` when there is none. */
  assetDirectory(objectKey: string): string | undefined;
}

interface Artifact {
  readonly type: string;
  readonly environment?: string;
  readonly dependencies?: readonly string[];
  readonly properties?: {
    readonly templateFile?: string;
    readonly stackName?: string;
    readonly file?: string;
  };
}

/**
 * Reads a folder that `cdk synth` wrote. A stack comes after the stacks that it depends on.
 * @throws TemplateError
 */
export function loadAssembly(assemblyDirectory: string): readonly Stack[] {
  const directory = resolve(assemblyDirectory);
  const manifestFile = join(directory, 'manifest.json');
  if (!existsSync(manifestFile)) {
    throw new TemplateError(`${assemblyDirectory} is no cloud assembly: it holds no manifest.json`);
  }
  const manifest = JSON.parse(readFileSync(manifestFile, 'utf8')) as {
    readonly artifacts?: Readonly<Record<string, Artifact>>;
  };
  const artifacts = manifest.artifacts ?? {};
  const stacks: Stack[] = [];
  const visited = new Set<string>();

  function visit(id: string): void {
    const artifact = artifacts[id];
    if (artifact === undefined || visited.has(id)) return;
    visited.add(id);
    for (const dependency of artifact.dependencies ?? []) visit(dependency);
    if (artifact.type === 'cdk:cloud-assembly') {
      throw new TemplateError(`${id} is a nested assembly (a CDK Stage), which is not hosted`);
    }
    if (artifact.type === 'aws:cloudformation:stack') {
      stacks.push(readStack(directory, id, artifact, artifacts));
    }
  }

  for (const id of Object.keys(artifacts)) visit(id);
  if (stacks.length === 0) throw new TemplateError(`${assemblyDirectory} holds no stack`);
  return stacks;
}

function readStack(
  directory: string,
  id: string,
  artifact: Artifact,
  artifacts: Readonly<Record<string, Artifact>>,
): Stack {
  const name = artifact.properties?.stackName ?? id;
  const templateFile = artifact.properties?.templateFile;
  if (templateFile === undefined) throw new TemplateError(`stack ${name} has no template`);
  const [, accountId = '', region = ''] =
    /^aws:\/\/([^/]*)\/(.*)$/.exec(artifact.environment ?? '') ?? [];
  const assets = new Map<string, string>();
  for (const dependency of artifact.dependencies ?? []) {
    const { type, properties } = artifacts[dependency] ?? { type: '' };
    if (type !== 'cdk:asset-manifest' || properties?.file === undefined) continue;
    for (const [key, path] of readAssets(join(directory, properties.file))) assets.set(key, path);
  }
  return {
    name,
    accountId: accountId.startsWith('unknown') || accountId === '' ? undefined : accountId,
    region: region.startsWith('unknown') || region === '' ? undefined : region,
    template: parseTemplate(readFileSync(join(directory, templateFile), 'utf8'), name),
    assetDirectory(objectKey) {
      const path = assets.get(objectKey);
      if (path === undefined) return undefined;
      const folder = join(directory, path);
      return existsSync(folder) && statSync(folder).isDirectory() ? folder : undefined;
    },
  };
}

/** Object key → path of the file or folder behind it. */
function readAssets(file: string): readonly (readonly [string, string])[] {
  const { files = {} } = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly files?: Readonly<
      Record<
        string,
        {
          readonly source: { readonly path?: string };
          readonly destinations: Readonly<Record<string, { readonly objectKey: string }>>;
        }
      >
    >;
  };
  return Object.values(files).flatMap(({ source: { path }, destinations }) =>
    path === undefined
      ? []
      : Object.values(destinations).map(({ objectKey }) => [objectKey, path] as const),
  );
}
