/** How a language server is started, and which files it is for. */
export type LanguageServerSettings = {
  readonly name: string;
  /** Program and arguments; the program is looked for in the repository's own tools, then on PATH. */
  readonly command: readonly string[];
  /** Language names of the protocol by the file's extension. */
  readonly languages: Readonly<Record<string, string>>;
  readonly initializationOptions?: object;
  /** Only where the program is this npm package's, from this major version on. */
  readonly since?: { readonly package: string; readonly major: number };
};

const typescript = {
  ...{ ts: 'typescript', mts: 'typescript', cts: 'typescript', tsx: 'typescriptreact' },
  ...{ js: 'javascript', mjs: 'javascript', cjs: 'javascript', jsx: 'javascriptreact' },
};
const python = { py: 'python', pyi: 'python' };
const c = { c: 'c', h: 'c', cc: 'cpp', cpp: 'cpp', cxx: 'cpp', hh: 'cpp', hpp: 'cpp', hxx: 'cpp' };

/** Servers that are used where they are installed; of several for a language the first one. */
export const knownServers: readonly LanguageServerSettings[] = [
  {
    name: 'typescript',
    // The compiler itself; `typescript-language-server` does not know how to start it.
    command: ['tsc', '--lsp', '--stdio'],
    languages: typescript,
    since: { package: 'typescript', major: 7 },
  },
  { name: 'typescript', command: ['typescript-language-server', '--stdio'], languages: typescript },
  { name: 'pyright', command: ['pyright-langserver', '--stdio'], languages: python },
  { name: 'basedpyright', command: ['basedpyright-langserver', '--stdio'], languages: python },
  { name: 'gopls', command: ['gopls'], languages: { go: 'go' } },
  {
    name: 'rust-analyzer',
    command: ['rust-analyzer'],
    languages: { rs: 'rust' },
    // What cargo finds comes seconds later, for texts that are gone by then, and holds the lock of the agent's own builds.
    initializationOptions: { checkOnSave: false },
  },
  { name: 'clangd', command: ['clangd'], languages: c },
];

/** The extension of a path, in lower case and without its dot. */
export function extensionOf(path: string): string {
  return /\.([^./\\]+)$/.exec(path)?.[1]?.toLowerCase() ?? '';
}
