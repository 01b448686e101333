// How everything of ours is bundled: one file format, one Node, packages that expect `require` served.
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A package's file as it is but for these texts. Each must be there: a new version of the package is looked at again. */
function changed(path, ...changes) {
  let contents = readFileSync(path, 'utf8');
  for (const [before, after] of changes) {
    if (!contents.includes(before)) throw new Error(`${path} no longer holds: ${before}`);
    contents = contents.replace(before, () => after);
  }
  return { contents, resolveDir: dirname(path) };
}

/**
 * ink and its layout engine wait while they are loaded, for React's devtools (a large package of its own) and for WebAssembly that is
 * compiled behind; without these waits all of the screen can be CommonJS (github.com/vadimdemedes/ink/issues/787).
 */
const withoutWaits = {
  name: 'without-waits',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]ink[\\/]build[\\/]reconciler\.js$/ }, ({ path }) =>
      changed(
        path,
        ["await import('./devtools.js');", ''],
        ['? await loadPackageJson()', '? { name: undefined, version: undefined }'],
      ),
    );
    onLoad({ filter: /[\\/]yoga-layout[\\/]dist[\\/]src[\\/]index\.js$/ }, ({ path }) =>
      changed(
        path,
        ['import loadYoga from', 'import loadYoga, { wasm } from'],
        [
          'const Yoga = wrapAssembly(await loadYoga());',
          `const yoga = {
            instantiateWasm: (imports, done) => {
              done(new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(wasm, 'base64')), imports));
              return {};
            },
          };
          loadYoga(yoga);
          const Yoga = wrapAssembly(yoga);`,
        ],
      ),
    );
    onLoad({ filter: /[\\/]yoga-wasm-base64-esm\.js$/ }, ({ path }) => {
      const { contents, resolveDir } = { contents: readFileSync(path, 'utf8'), resolveDir: dirname(path) };
      const [, wasm] = /data:application\/octet-stream;base64,([A-Za-z0-9+/=]+)/.exec(contents) ?? [];
      if (!wasm) throw new Error(`${path} no longer holds its WebAssembly as a data address.`);
      return { contents: `${contents.replace(wasm, '')}\nexport const wasm = '${wasm}';\n`, resolveDir };
    });
  },
};

/**
 * The SDKs of OpenAI and Anthropic hold headers in our own class: Node's would load all of its fetch, of which we use nothing. What they
 * send is text, so that none of their questions after streams needs an answer either.
 */
const withOwnHeaders = {
  name: 'with-own-headers',
  setup({ onLoad }) {
    const own = fileURLToPath(new URL('../src/model/http/http-headers.ts', import.meta.url));
    const sdk =
      /[\\/](openai|@anthropic-ai[\\/]sdk)[\\/](internal[\\/]headers|internal[\\/]utils[\\/]log|client)\.m?js$/;
    onLoad({ filter: sdk }, ({ path }) => ({
      contents: `import { HttpHeaders as Headers } from ${JSON.stringify(own)};
        ${readFileSync(path, 'utf8').replaceAll('globalThis.ReadableStream', 'undefined')}`,
      resolveDir: dirname(path),
    }));
  },
};

/**
 * ink draws nothing that changes where CI is set, as in containers for development; the screen is started in terminals only. From version 7 on,
 * which needs Node 22, ink has an option for it (github.com/vadimdemedes/ink/pull/888).
 */
const withoutCi = {
  name: 'without-ci',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]is-in-ci[\\/]index\.js$/ }, () => ({ contents: 'export default false;' }));
  },
};

/** @type {import('esbuild').BuildOptions} */
export const bundleSettings = {
  bundle: true,
  splitting: true,
  platform: 'node',
  target: 'node20.19',
  format: 'esm',
  jsx: 'automatic',
  define: { 'process.env.NODE_ENV': '"production"' },
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  plugins: [withoutWaits, withOwnHeaders, withoutCi],
  // Its main file requires its parts by names that can't be bundled; the ESM one can.
  alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
  logLevel: 'warning',
};
