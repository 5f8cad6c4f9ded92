import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The bounds that a deployment prints in its outputs: how many seconds after its withdrawal a credential is refused for
 * certain, by kind of API and route. Throws where two APIs of a kind differ.
 */
export function printedBounds(assembly: string): (kind: string, route: string) => number {
  const template = JSON.parse(
    readFileSync(join(assembly, 'KeywardDemo.template.json'), 'utf8'),
  ) as { readonly Outputs: Readonly<Record<string, Output>> };
  const bounds = new Map<string, number>();
  for (const [id, { Description = '', Value }] of Object.entries(template.Outputs)) {
    if (!id.includes('RevocationLag') || typeof Value !== 'string') continue;
    const kind = Description.split(', ').at(-1);
    for (const [, seconds, routes = ''] of Value.matchAll(/(\d+) s \(\w+\): ([^;]+)/g)) {
      for (const route of routes.split(', ')) {
        const name = `${kind} ${route}`;
        if ((bounds.get(name) ?? Number(seconds)) !== Number(seconds)) throw new Error(name);
        bounds.set(name, Number(seconds));
      }
    }
  }
  return (kind, route) => {
    const seconds = bounds.get(`${kind} ${route}`);
    if (seconds === undefined) throw new Error(`no bound is printed for ${route} (${kind})`);
    return seconds;
  };
}

interface Output {
  readonly Description?: string;
  readonly Value: unknown;
}
