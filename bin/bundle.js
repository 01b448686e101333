// How everything of ours is bundled: one file format, one Node, packages that expect `require` served.

/** ink asks for React's devtools when DEV is set; the package is large and optional, so it is left out. */
const withoutDevtools = {
  name: 'without-devtools',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^react-devtools-core$/ }, () => ({ path: 'react-devtools-core', namespace: 'empty' }));
    onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: 'export default {};' }));
  },
};

/** ink draws nothing that changes where CI is set, as in containers for development; the screen is started in terminals only. */
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
  plugins: [withoutDevtools, withoutCi],
  // Its main file requires its parts by names that can't be bundled; the ESM one can.
  alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
  logLevel: 'warning',
};
