import { bundleAll } from '../../infra/bundle.ts';

/** Constructs and hosted worlds take the bundles from `dist/`: they are built once for the whole run. */
export default async function setup(): Promise<void> {
  await bundleAll();
}
