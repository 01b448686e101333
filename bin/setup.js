// What a fresh checkout needs before anything runs: packages installed, bundle built. Prints to stderr only.
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Ends with one sentence and exit 2 on a Node that is too old for what follows. */
export function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(
    `wink-agent needs Node 20.19 or newer; this is ${process.versions.node}. Install a newer Node and run it again.`,
  );
  process.exit(2);
}

/** Runs a program with its output on stderr; ends this process with its exit code when it fails. */
export function runQuietly(file, args, what) {
  const { status, error } = spawnSync(file, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status === 0) return;
  console.error(`${what} failed${error ? `: ${error.message}` : ''}.`);
  process.exit(status || 1);
}

/** The same for a program that runs beside others: what it printed comes when it has ended. Resolves to whether it succeeded. */
export function runBeside(file, args, what) {
  const options = { cwd: root, maxBuffer: Number.POSITIVE_INFINITY, shell: process.platform === 'win32' };
  return new Promise((resolve) => {
    execFile(file, args, options, (error, stdout, stderr) => {
      process.stderr.write(stdout + stderr);
      if (error) console.error(`${what} failed${typeof error.code === 'string' ? `: ${error.message}` : ''}.`);
      resolve(error === null);
    });
  });
}

function modifiedAt(path) {
  return existsSync(path) ? statSync(path).mtimeMs : 0;
}

/** The newest change below a folder, in milliseconds. */
function newestIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((newest, entry) => Math.max(newest, modifiedAt(join(entry.parentPath, entry.name))), 0);
}

export function ensureInstalled() {
  if (modifiedAt(join(root, 'node_modules/.package-lock.json')) >= modifiedAt(join(root, 'package-lock.json'))) return;
  console.error('Installing packages …');
  runQuietly('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], 'npm ci');
}

export function ensureBuilt() {
  const sources = Math.max(
    newestIn(join(root, 'src')),
    newestIn(join(root, 'tools')),
    newestIn(join(root, 'bin')),
    modifiedAt(join(root, 'build.js')),
    modifiedAt(join(root, 'package-lock.json')),
  );
  if (modifiedAt(join(root, 'dist/main.cjs')) >= sources) return;
  console.error('Building …');
  runQuietly(process.execPath, ['build.js'], 'The build');
}
