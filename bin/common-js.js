// After the bundler: what can be is turned into CommonJS, which Node starts in half the time and whose compiled code can be kept.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { transform } from 'esbuild';
import { bundleSettings } from './bundle.js';

/** In a bundle whose text holds this word twice, the second is ours. */
const nativeImport = '__nativeImport';

/**
 * Turns the program, its threads and their chunks into CommonJS (`.cjs`), but for chunks that wait at their top level and what imports
 * them statically. The library, which others import, stays an ES module. Throws when an entry of ours can't be turned: the program names
 * it. A thread that starts as CommonJS costs half the processor time of one that imports it.
 *
 * @param {string} folder the bundle
 * @param {readonly { path: string, imports: readonly string[] }[]} outputs its files and what each imports statically, relative to the folder
 */
export async function turnIntoCommonJs(folder, outputs) {
  const candidates = outputs.map(({ path }) => path).filter((path) => path !== 'library.js');
  const isCommon = new Set(await candidatesWithoutWait(folder, candidates));
  for (let hasChanged = true; hasChanged; ) {
    hasChanged = false;
    for (const { path, imports } of outputs)
      if (imports.some((imported) => !isCommon.has(imported)) && isCommon.delete(path)) hasChanged = true;
  }
  for (const entry of candidates.filter((path) => !path.includes('/')))
    if (!isCommon.has(entry))
      throw new Error(`${entry} can't be CommonJS: it or what it imports waits at its top level.`);
  for (const { path } of outputs) {
    const code = readFileSync(join(folder, path), 'utf8');
    if (!isCommon.has(path)) {
      writeFileSync(join(folder, path), withNewNames(code, path, isCommon));
      continue;
    }
    writeFileSync(join(folder, path.replace(/\.js$/, '.cjs')), await common(code, path, isCommon));
    rmSync(join(folder, path));
  }
}

async function candidatesWithoutWait(folder, paths) {
  const kept = await Promise.all(
    paths.map(async (path) => {
      try {
        await transform(readFileSync(join(folder, path), 'utf8'), { format: 'cjs', logLevel: 'silent' });
        return [path];
      } catch (error) {
        if (!String(error).includes('Top-level await')) throw error;
        return [];
      }
    }),
  );
  return kept.flat();
}

async function common(code, path, isCommon) {
  const held = withNewNames(code.replace(bundleSettings.banner.js, ''), path, isCommon)
    // What stays an ES module, and what is named only when the program runs, is imported as such.
    .replace(/\bimport\((?!"(?:node:|[./]+[^"]*\.cjs"))/g, `${nativeImport}(`);
  const { code: result } = await transform(held, {
    format: 'cjs',
    platform: 'node',
    target: bundleSettings.target,
    minify: true,
    lineLimit: 160,
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': '__fileUrl' },
    logLevel: 'warning',
  });
  const head = result.includes('__fileUrl')
    ? 'const __fileUrl = require("node:url").pathToFileURL(__filename).href;\n'
    : '';
  return head + result.replaceAll(`${nativeImport}(`, 'import(');
}

/** The code with the new names of the files that it imports. */
function withNewNames(code, path, isCommon) {
  return code.replace(/(["'])(\.{1,2}\/[\w./-]+)\.js\1/g, (whole, quote, name) => {
    const imported = join(dirname(path), `${name}.js`);
    return isCommon.has(imported) ? `${quote}${name}.cjs${quote}` : whole;
  });
}
