#!/usr/bin/env node
// The launcher: says in one sentence when Node is too old, then hands over to the bundle. It is CommonJS: as an ES module it would load all
// that Node has for those, and each of Node's own modules in full.
const { existsSync, readFileSync, statSync } = require('node:fs');
const Module = require('node:module');
const { homedir } = require('node:os');
const { dirname, isAbsolute, join, relative } = require('node:path');
const { setFlagsFromString } = require('node:v8');

const [major, minor] = process.versions.node.split('.').map(Number);
/** How fast the young generation of the heap grows now; V8 begins with 2. */
let growth = 2;
const bundle = join(dirname(__dirname), 'dist', 'main.cjs');

if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `wink-agent needs Node 20.19 or newer; this is ${process.versions.node}. Install a newer Node and run it again.`,
  );
  process.exitCode = 2;
} else if (!existsSync(bundle)) {
  console.error('wink-agent is not built yet: run `npm start` in this checkout, which does its own set-up.');
  process.exitCode = 2;
} else {
  keepHeapSmall();
  // Like a program that waits at its top level for what never comes.
  let isDone = false;
  // Nothing is left to do by then. To take apart all memory before the process ends takes 35 ms after thirty turns.
  process.once('beforeExit', () => {
    if (!isDone) process.exitCode = 13;
    process.exit();
  });
  keepCode(dirname(bundle));
  compileAsAtStart();
  require(bundle)
    .main()
    .then(() => {
      isDone = true;
    });
}

/**
 * Most of what we allocate lives for a moment: a small young generation collects it as well as a large one, in 10 MB less. What is loaded at
 * the start stays, so it is let grow until then.
 */
function keepHeapSmall() {
  setTimeout(() => {
    growth = 1;
    setGrowth(growth);
  }, 300).unref();
  // Compiled code that is kept is taken back only under the flags that it was kept with: those of a start.
  process.on('exit', () => setGrowth(2));
}

/** What is loaded later is compiled under the flags of a start as well, or its kept code would be left aside and kept anew by each start. */
function compileAsAtStart() {
  const compile = Module.prototype._compile;
  Module.prototype._compile = function compileUnderFlags(...words) {
    if (growth === 2) return compile.apply(this, words);
    setGrowth(2);
    try {
      return compile.apply(this, words);
    } finally {
      setGrowth(growth);
    }
  };
}

function setGrowth(factor) {
  setFlagsFromString(`--semi-space-growth-factor=${factor}`);
}

/** The compiled code is kept for the next start, in the user's own folder: in one that others can write it could be anything. */
function keepCode(folder) {
  const home = process.env.WINK_HOME || join(homedir(), '.wink');
  // Node 22's own variable, heeded on Node 20 as well: a folder for those whose home is new at each start, as in CI.
  const chosen = isOwn(process.env.NODE_COMPILE_CACHE) ? process.env.NODE_COMPILE_CACHE : undefined;
  // Who starts for the first time may never come again.
  if (!chosen && !existsSync(join(home, 'sessions'))) return;
  const place = chosen || join(home, 'compiled');
  if (major > 20) return void Module.enableCompileCache?.(place);
  const { keepCompiledCode } = require('./code-cache.cjs');
  const build = readFileSync(join(folder, 'build-id'), 'utf8');
  keepCompiledCode(folder, join(place, `${build}-${process.version}-${process.arch}`));
}

/** Code from a folder in the workspace, or from one that others can write, would run with all rights before anybody was asked. */
function isOwn(folder) {
  if (!folder || !isAbsolute(folder)) return false;
  try {
    const cwd = process.cwd();
    let top = cwd;
    while (!existsSync(join(top, '.git')) && dirname(top) !== top) top = dirname(top);
    const way = relative(existsSync(join(top, '.git')) ? top : cwd, folder);
    if (way === '' || !way.startsWith('..')) return false;
    const found = statSync(folder, { throwIfNoEntry: false });
    return !found || (found.uid === process.getuid?.() && (found.mode & 0o022) === 0);
  } catch {
    return false;
  }
}
