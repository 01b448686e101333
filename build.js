// Bundles src/ to dist/ with esbuild: main, the screen and the threads apart, so each start loads only what it needs.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { bundleSettings } from './bin/bundle.js';
import { importsLater } from './bin/code-cache.cjs';
import { turnIntoCommonJs } from './bin/common-js.js';
import { joinChunks } from './bin/join-chunks.js';

const root = dirname(fileURLToPath(import.meta.url));
const target = join(root, 'dist');
const fresh = join(root, `node_modules/.wink-build-${process.pid}`);

const entries = {
  main: 'src/main.ts',
  'pdf-worker': 'tools/file/pdf-worker.ts',
  'pdf-text-worker': 'tools/file/pdf-text-worker.ts',
  'page-worker': 'src/web/page-worker.ts',
  library: 'src/library/index.ts',
};

const run = ['src/command-line/modes.ts', 'src/config/schema.ts', 'src/config/problems.ts'];
const small = [
  ...['export', 'mcp', 'prune', 'sessions', 'trust', 'watch'].map((name) => `src/command-line/${name}-command.ts`),
  'src/config/config-command.ts',
  'src/watch/watch-status.ts',
];

/** What a start loads, in one file each. */
const joined = [
  // For every command, and a question for the version.
  { file: 'main.js', sources: ['src/main.ts', 'src/core/version.ts', 'src/command-line/help-text.ts'] },
  // What small commands share with a run: they would load all of it.
  { file: 'base.js', sources: small, within: run },
  { file: 'start.js', sources: run },
];

/** The observer's thread shares no file with the program: it would load all of a start. */
const observer = 'src/observer/worker/worker.ts';

/** One file for itself: a call into another file looks its function up each time, and here that is a twentieth of all the work. */
const replayWorker = 'src/study/replay/replay-worker.ts';

/** ink and its helpers measure texts as our screen does, without compiling the patterns of all emoji at the start. */
const withFastWidth = {
  name: 'with-fast-width',
  setup({ onResolve, onLoad }) {
    const own = join(root, 'src/ui/text/string-width.ts');
    onResolve({ filter: /^string-width$/ }, ({ importer }) => (importer === own ? undefined : { path: own }));
    // Its segmenter is made when first needed: that takes 15 ms.
    onLoad({ filter: /[\\/]string-width[\\/]index\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replace(
        'const segmenter = new Intl.Segmenter();',
        'let made; const segmenter = { segment: (text) => (made ??= new Intl.Segmenter()).segment(text) };',
      ),
    }));
  },
};

/** Names and licence texts of every package that went into the bundle. */
function licences(inputs) {
  const folders = new Set();
  for (const path of Object.keys(inputs)) {
    const match = path.match(/^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//);
    if (match) folders.add(match[1]);
  }
  const texts = [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    const file = readdirSync(join(root, folder)).find(
      (entry) => /^(licen[cs]e|copying)(\.|-|$)/i.test(entry) && statSync(join(root, folder, entry)).isFile(),
    );
    const text = file
      ? readFileSync(join(root, folder, file), 'utf8').trim()
      : `(The package carries no licence file; package.json says: ${license}.)`;
    return `${name} ${version} (${license})\n\n${text}`;
  });
  return `wink-agent's bundle holds these packages.\n\n${texts.join(`\n\n${'-'.repeat(78)}\n\n`)}\n`;
}

/** One name for all the code in a folder. */
function hashOf(folder) {
  const hash = createHash('sha256');
  for (const name of readdirSync(folder, { recursive: true }).sort())
    if (/\.c?js$/.test(name)) hash.update(name).update(readFileSync(join(folder, name)));
  return hash.digest('hex').slice(0, 16);
}

/** Bundles what `entryPoints` name, and joins the chunks that `groups` name. Gives what went in and what came out. */
async function bundle(entryPoints, chunks, groups) {
  const { metafile } = await build({
    ...bundleSettings,
    absWorkingDir: root,
    entryPoints,
    outdir: fresh,
    minify: true,
    // Node shows the whole line of an uncaught error: short lines keep a crash readable.
    lineLimit: 160,
    metafile: true,
    chunkNames: `${chunks}/[name]-[hash]`,
    plugins: [...bundleSettings.plugins, withFastWidth],
  });
  const path = (name) => relative(fresh, join(root, name));
  const outputs = Object.entries(metafile.outputs).map(([name, { imports, exports, entryPoint }]) => ({
    path: path(name),
    imports: imports
      .filter(({ kind, external }) => kind === 'import-statement' && !external)
      .map((imported) => path(imported.path)),
    exports,
    entryPoint,
  }));
  await turnIntoCommonJs(fresh, await joinChunks(fresh, outputs, groups));
  for (const name of groups.map(({ file }) => file.replace(/\.js$/, '.cjs')))
    if (importsLater(readFileSync(join(fresh, name), 'utf8')))
      throw new Error(
        `${name} imports what is named only when it runs, so that none of its compiled code could be kept.`,
      );
  return metafile;
}

mkdirSync(fresh, { recursive: true });
const program = await bundle(entries, 'chunks', joined);
const thread = await bundle({ 'observer-worker': observer }, 'observer', [
  { file: 'observer-worker.js', sources: [observer] },
]);
const { splitting: _splitting, banner: _banner, ...whole } = bundleSettings;
const { metafile: replay } = await build({
  ...whole,
  absWorkingDir: root,
  entryPoints: { 'replay-worker': replayWorker },
  outdir: fresh,
  outExtension: { '.js': '.cjs' },
  format: 'cjs',
  minify: true,
  lineLimit: 160,
  metafile: true,
  define: { ...whole.define, 'import.meta.url': '__fileUrl' },
  banner: { js: 'const __fileUrl = require("node:url").pathToFileURL(__filename).href;' },
});
// What is kept of a start belongs to this very code.
writeFileSync(join(fresh, 'build-id'), hashOf(fresh));
// Plugins that other agents load: one readable file each, without any package.
await build({
  absWorkingDir: root,
  entryPoints: { opencode: 'plugins/opencode/plugin.js', pi: 'plugins/pi/extension.js' },
  outdir: join(fresh, 'plugins'),
  bundle: true,
  platform: 'node',
  format: 'esm',
  logLevel: 'warning',
});
writeFileSync(join(fresh, 'LICENSES.txt'), licences({ ...program.inputs, ...thread.inputs, ...replay.inputs }));

// Swap whole folders, so that a build that fails leaves the old bundle and one that runs meanwhile sees old or new, never half.
const old = `${fresh}-old`;
if (existsSync(target)) renameSync(target, old);
renameSync(fresh, target);
rmSync(old, { recursive: true, force: true });
if (process.argv.includes('--sizes')) {
  for (const name of readdirSync(target, { recursive: true }))
    console.log(`${Math.round(statSync(join(target, name)).size / 1000)} kB  ${name}`);
}
