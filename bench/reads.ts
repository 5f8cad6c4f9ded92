/**
 * What one read of DynamoDB costs the one who reads: `npm run bench:reads`. Ours without the SDK, the SDK, and what nobody
 * can go below; one item of nine attributes, one request in flight, over a connection that is kept. The table is another
 * process on another core, over http and over https with a certificate that is checked. Before anything is measured, each way
 * has read from a table that checks its signature, and was refused with another secret.
 *
 * `--json` prints all of it. In the environment: `ROUNDS`; `ONLY`, a part of the names.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leaveMeasuredCore, measuredCore } from './measure/cores.ts';
import { measuredElsewhere, parentOf } from './measure/elsewhere.ts';
import { type Loopback, type ServerIdentity, serverIdentity } from './measure/loopback.ts';
import { printed, publish } from './measure/report.ts';
import { versionsOf } from './measure/versions.ts';
import { measureReads, type ReadFigures, type Tables } from './reads/measure.ts';
import { readyTable, strictTable } from './reads/stub.ts';

/** Serves the tables, and prints what the child has measured. */
async function main(): Promise<void> {
  leaveMeasuredCore();
  const folder = mkdtempSync(join(tmpdir(), 'keyward-reads-'));
  const authority = join(folder, 'authority.pem');
  const identity = await serverIdentity();
  writeFileSync(authority, identity.authority);
  const servers: Loopback[] = [];
  const served = async (shown?: ServerIdentity) => {
    const [ready, strict] = [await readyTable(shown), await strictTable(shown)];
    servers.push(ready, strict);
    return { ready: ready.url, strict: strict.url };
  };
  const tables: Tables = { http: await served(), https: await served(identity) };
  const figures = await measuredElsewhere<undefined, ReadFigures>(import.meta.filename, {
    env: { TABLES: JSON.stringify(tables), NODE_EXTRA_CA_CERTS: authority, NODE_ENV: 'production' },
    prepare: () => undefined,
  });
  for (const { stop } of servers) stop();
  rmSync(folder, { recursive: true });
  publish({
    suite: 'reads',
    about: {
      core: measuredCore,
      rounds: figures.rounds,
      ...versionsOf(['@aws-sdk/client-dynamodb']),
    },
    tables: (['http', 'https'] as const).map((scheme) => ({
      title: `Microseconds of CPU for one read, ${scheme}`,
      rows: figures[scheme].map(printed),
    })),
  });
}

const elsewhere = parentOf<undefined, ReadFigures>();
await (elsewhere === undefined
  ? main()
  : measureReads(elsewhere, JSON.parse(process.env.TABLES ?? '{}')));
