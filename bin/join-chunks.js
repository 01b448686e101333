// After the bundler: the chunks that a start loads one after the other become one file, in one scope. To find, read and link a hundred
// files took a fifth of a start's processor time.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { bundleSettings } from './bundle.js';

/** As the bundler writes them: `import{a,b as c}from"./chunk.js"`, `import"./chunk.js"` and `import("./chunk.js")`. */
const staticImport = /\bimport\s*(?:\{([^{}]*)\}\s*from\s*)?"(\.{1,2}\/[^"]+)"/g;
const dynamicImport = /\bimport\("(\.{1,2}\/[^"]+)"\)/g;

/**
 * @typedef {object} Output a file of the bundle; paths are relative to the bundle's folder
 * @property {string} path
 * @property {readonly string[]} imports what it imports statically
 * @property {readonly string[]} exports
 * @property {string | undefined} [entryPoint] the source that it was made for
 */

/**
 * @typedef {object} Group chunks that become one file
 * @property {string} file
 * @property {readonly string[]} sources what it is for: it holds all that these import statically
 * @property {readonly string[]} [within] ... of that only what these import as well
 */

/**
 * Joins chunks into one file for each group. A chunk belongs to the first group that takes it, so that a group's file imports at most
 * those before it. All other files import from the groups' files then. Gives the files that there are now.
 *
 * @param {string} folder the bundle
 * @param {readonly Output[]} outputs
 * @param {readonly Group[]} groups
 * @returns {Promise<{ path: string, imports: readonly string[] }[]>}
 */
export async function joinChunks(folder, outputs, groups) {
  const groupOf = assignGroups(outputs, groups);
  const members = [...groupOf.keys()];
  const nameOf = (path, name) => `c${members.indexOf(path)}_${name}`;
  const exports = new Map(groups.map(({ file }) => [file, new Set()]));
  const from = (path, words) => exports.get(groupOf.get(path)).add(`export ${words} from "./${path}";`);
  for (const { path, exports: names } of outputs) if (exports.has(path)) from(path, `{${names.join()}}`);

  /** A file's text with imports from the groups' files in place of their chunks. */
  const pointToGroups = (path) => {
    const own = groupOf.get(path);
    const target = (specifier) => join(dirname(path), specifier);
    const isMoved = (specifier) => groupOf.has(target(specifier)) && groupOf.get(target(specifier)) !== own;
    const file = (specifier) =>
      JSON.stringify(`${dirname(path) === '.' ? './' : '../'}${groupOf.get(target(specifier))}`);
    return readFileSync(join(folder, path), 'utf8')
      .replaceAll(staticImport, (whole, names, specifier) => {
        if (!isMoved(specifier)) return whole;
        if (names === undefined) return `import${file(specifier)}`;
        const renamed = names.split(',').map((each) => {
          const [name, local = name] = each.trim().split(/\s+as\s+/);
          from(target(specifier), `{${name} as ${nameOf(target(specifier), name)}}`);
          return `${nameOf(target(specifier), name)} as ${local}`;
        });
        return `import{${renamed.join()}}from${file(specifier)}`;
      })
      .replaceAll(dynamicImport, (whole, specifier) => {
        if (!isMoved(specifier)) return whole;
        from(target(specifier), `* as ${nameOf(target(specifier), 'all')}`);
        return `import(${file(specifier)}).then(_=>_.${nameOf(target(specifier), 'all')})`;
      });
  };

  const texts = new Map(outputs.map(({ path }) => [path, pointToGroups(path)]));
  const joined = [];
  for (const [file, wanted] of exports) joined.push(await joinGroup(file, [...wanted], texts, groupOf));
  for (const path of members) rmSync(join(folder, path));
  const left = outputs.filter(({ path }) => !groupOf.has(path));
  for (const { path } of left) writeFileSync(join(folder, path), texts.get(path));
  for (const { path, text } of joined) writeFileSync(join(folder, path), text);
  return [
    ...joined.map(({ path, imports }) => ({ path, imports })),
    ...left.map(({ path, imports }) => ({ path, imports: imports.map((each) => groupOf.get(each) ?? each) })),
  ];
}

/** The file of each chunk that is joined. */
function assignGroups(outputs, groups) {
  const byPath = new Map(outputs.map((output) => [output.path, output]));
  const reach = (path, found) => {
    if (found.has(path)) return;
    found.add(path);
    for (const imported of byPath.get(path).imports) reach(imported, found);
  };
  const needed = (sources) => {
    const found = new Set();
    for (const source of sources) {
      const output = outputs.find(({ entryPoint }) => entryPoint === source);
      if (!output) throw new Error(`${source} has no chunk of its own: nothing imports it later.`);
      reach(output.path, found);
    }
    return found;
  };
  const groupOf = new Map();
  for (const { file, sources, within } of groups) {
    const bound = within && needed(within);
    for (const path of needed(sources)) if (!groupOf.has(path) && (!bound || bound.has(path))) groupOf.set(path, file);
  }
  return groupOf;
}

async function joinGroup(file, exports, texts, groupOf) {
  const members = {
    name: 'members',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^\./ }, ({ path, importer }) => {
        const target = join(importer === '<stdin>' ? '.' : dirname(importer), path);
        return groupOf.get(target) === file
          ? { path: target, namespace: 'chunk' }
          : { path: `./${target}`, external: true };
      });
      onLoad({ filter: /./, namespace: 'chunk' }, ({ path }) => ({
        contents: texts.get(path).replace(bundleSettings.banner.js, ''),
      }));
    },
  };
  const { outputFiles, metafile } = await build({
    ...bundleSettings,
    splitting: false,
    stdin: { contents: exports.join('\n') },
    plugins: [members],
    outfile: file,
    write: false,
    metafile: true,
    minify: true,
    lineLimit: 160,
  });
  const [{ imports }] = Object.values(metafile.outputs);
  const isChunk = ({ kind, path }) => kind === 'import-statement' && path.startsWith('.');
  return { path: file, text: outputFiles[0].text, imports: imports.filter(isChunk).map(({ path }) => join(path)) };
}
