import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

/** Bundles the test program as the product is bundled; returns the path of the file to start. */
export async function buildProgram(root: string): Promise<string> {
  const folder = mkdtempSync(join(root, 'node_modules', '.wink-test-'));
  await build({
    absWorkingDir: root,
    entryPoints: { program: 'test/ui/program.ts' },
    outdir: folder,
    bundle: true,
    splitting: true,
    minify: true,
    platform: 'node',
    target: 'node20.19',
    format: 'esm',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    plugins: [
      {
        name: 'without-devtools',
        setup({ onResolve, onLoad }) {
          onResolve({ filter: /^react-devtools-core$/ }, () => ({ path: 'react-devtools-core', namespace: 'empty' }));
          onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: 'export default {};' }));
        },
      },
    ],
  });
  return join(folder, 'program.js');
}
