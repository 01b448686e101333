#!/usr/bin/env node
// The launcher: says in one sentence when Node is too old, then hands over to the bundle.
import { existsSync } from 'node:fs';
import module from 'node:module';
import { setFlagsFromString } from 'node:v8';

const [major, minor] = process.versions.node.split('.').map(Number);
const bundle = new URL('../dist/main.js', import.meta.url);

if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `wink-agent needs Node 20.19 or newer; this is ${process.versions.node}. Install a newer Node and run it again.`,
  );
  process.exitCode = 2;
} else if (!existsSync(bundle)) {
  console.error('wink-agent is not built yet: run `npm start` in this checkout, which does its own set-up.');
  process.exitCode = 2;
} else {
  // Most of what we allocate lives for a moment: a small young generation collects it as well as a large one, in 10 MB less. What is
  // loaded at the start stays, so it is let grow until then.
  setTimeout(() => setFlagsFromString('--semi-space-growth-factor=1'), 300).unref();
  // Node 22.1 and newer keep the compiled code for the next start.
  module.enableCompileCache?.();
  const { main } = await import(bundle.href);
  await main();
}
