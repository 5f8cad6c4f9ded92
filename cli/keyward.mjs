#!/usr/bin/env node
// Plain JavaScript on purpose: an older Node must be able to read the sentence below.
if (Number(process.versions.node.split('.')[0]) < 24) {
  process.stderr.write(
    `keyward: needs Node 24 or newer, this is ${process.versions.node}; run it with npx inside the project\n`,
  );
  process.exit(1);
}
await import('./main.ts');
