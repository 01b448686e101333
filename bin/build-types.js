// The types of the library, for publishing: declarations of src/library/index.ts and of what they name, in dist/types.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { root } from './setup.js';

const target = join(root, 'dist/types');
const made = mkdtempSync(join(tmpdir(), 'wink-types-'));
const settings = join(made, 'tsconfig.json');
writeFileSync(
  settings,
  JSON.stringify({
    extends: join(root, 'tsconfig.json'),
    compilerOptions: {
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      rewriteRelativeImportExtensions: true,
      // The reading of web pages names the DOM's types, which the whole program gets from other packages' declarations.
      lib: ['es2023', 'es2024.sharedmemory', 'dom', 'dom.iterable'],
      typeRoots: [join(root, 'node_modules/@types')],
      rootDir: root,
      outDir: made,
    },
    // Declarations that packages lack.
    include: [join(root, 'src/**/*.d.ts')],
    files: [join(root, 'src/library/index.ts')],
  }),
);
const tsc = join(root, 'node_modules/typescript/lib/tsc.js');
const { status } = spawnSync(process.execPath, [tsc, '-p', settings], { cwd: root, stdio: ['ignore', 2, 2] });
if (status !== 0) process.exit(status || 1);

/** The declarations that a file's imports lead to, itself first. */
function reach(file, found = new Set()) {
  if (found.has(file)) return found;
  found.add(file);
  for (const [, specifier] of readFileSync(file, 'utf8').matchAll(
    /(?:from|import)\s*\(?\s*['"](\.[^'"]+)\.[jt]s['"]/g,
  )) {
    const next = resolve(dirname(file), `${specifier}.d.ts`);
    if (existsSync(next)) reach(next, found);
  }
  return found;
}

rmSync(target, { recursive: true, force: true });
for (const file of reach(join(made, 'src/library/index.d.ts'))) {
  const place = join(target, relative(join(made, 'src'), file));
  mkdirSync(dirname(place), { recursive: true });
  writeFileSync(place, readFileSync(file, 'utf8').replace(/(['"]\.[^'"]+)\.ts(['"])/g, '$1.js$2'));
}
rmSync(made, { recursive: true, force: true });
