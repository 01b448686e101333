// Keeps the compiled code of the bundle between starts where Node can't do it itself (20): the next start takes two thirds of the time.
const { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } = require('node:fs');
const Module = require('node:module');
const { dirname, join } = require('node:path');
const { constants, Script } = require('node:vm');
const { crc32 } = require('node:zlib');

/** How many files are kept: one for each Node and each build that is used by turns. */
const maxFiles = 4;

/**
 * From now on the CommonJS files below `folder` are compiled with what `file` keeps of earlier starts. At the end of a start that had to
 * compile something anew the file is written again.
 *
 * @param {string} folder where the bundle is; its contents never change under one name of `file`
 * @param {string} file
 */
function keepCompiledCode(folder, file) {
  const kept = readKept(file);
  /** @type {Map<string, Script>} */
  const scripts = new Map();
  let isNew = false;
  const compile = Module.prototype._compile;
  Module.prototype._compile = function compileWithCache(content, path) {
    const name = path.startsWith(folder) ? path.slice(folder.length) : undefined;
    const cachedData = kept.get(name);
    if (name === undefined || (!cachedData && importsLater(content))) return compile.call(this, content, path);
    const script = new Script(Module.wrap(content), {
      filename: path,
      cachedData,
      importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    });
    if (!cachedData || script.cachedDataRejected) isNew = true;
    scripts.set(name, script);
    const require = (id) => this.require(id);
    return script.runInThisContext().call(this.exports, this.exports, require, this, path, dirname(path));
  };
  process.on('exit', () => {
    if (!isNew) return;
    for (const [name, script] of scripts) kept.set(name, script.createCachedData());
    try {
      writeKept(file, kept);
    } catch {
      // A home that can't be written costs the next start its speed, nothing else.
    }
  });
}

/** Whether code has an `import()`. Taken back, it fails there ("A dynamic import callback was not specified"), so what holds one is compiled at each start. */
function importsLater(content) {
  for (let at = content.indexOf('import('); at !== -1; at = content.indexOf('import(', at + 1))
    if (!/[`'"\w.$]/.test(content.charAt(at - 1))) return true;
  return false;
}

/** A checksum, the length of the table in bytes, the table (name to place and length), then one piece after the other. */
function readKept(file) {
  const kept = new Map();
  try {
    const bytes = readFileSync(file);
    const body = bytes.subarray(4);
    if (crc32(body) !== bytes.readUInt32LE(0)) return kept;
    const start = 4 + body.readUInt32LE(0);
    for (const [name, [from, length]] of Object.entries(JSON.parse(body.toString('utf8', 4, start))))
      kept.set(name, body.subarray(start + from, start + from + length));
  } catch {
    kept.clear();
  }
  return kept;
}

function writeKept(file, kept) {
  const places = {};
  let length = 0;
  for (const [name, { length: own }] of kept) {
    places[name] = [length, own];
    length += own;
  }
  const table = Buffer.from(JSON.stringify(places));
  const head = Buffer.alloc(4);
  head.writeUInt32LE(table.length);
  const body = Buffer.concat([head, table, ...kept.values()]);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32LE(crc32(body));
  const folder = dirname(file);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, Buffer.concat([checksum, body]), { mode: 0o600 });
  renameSync(temporary, file);
  const age = (name) => statSync(join(folder, name)).mtimeMs;
  const others = readdirSync(folder).sort((a, b) => age(b) - age(a));
  for (const name of others.slice(maxFiles)) rmSync(join(folder, name), { force: true });
}

module.exports = { importsLater, keepCompiledCode };
