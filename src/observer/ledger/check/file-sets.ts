import type { FileKind, FileSet } from '../constraint.ts';

const kindPatterns: Readonly<Record<Exclude<FileKind, 'production code'>, RegExp>> = {
  tests:
    /(?:^|\/)(?:tests?|__tests__|specs?|testing|e2e|testdata|fixtures|__snapshots__)\/|(?:^|\/)(?:test_[^/]*|tests?|conftest)\.(?:[cm]?[jt]sx?|py|rb|php|go|rs|java|kt|c|cc|cpp|h|sh|pl|lua|ex|exs|dart|scala|swift|cs|txt|ya?ml|json)$|[^/](?:_tests?|_spec|\.test|\.spec|\.cy)\.\w+$|(?:^|\/)[A-Z]\w*(?:Test|Tests|Spec|TestCase)\.(?:java|kt|scala|cs|php|swift|groovy)$/,
  configuration:
    /(?:^|\/)(?:config\.(?:ya?ml|jsonc?|toml|ini)|pyproject\.toml|setup\.(?:py|cfg)|tox\.ini|pytest\.ini|mypy\.ini|\.flake8|\.pylintrc|\.coveragerc|\.pre-commit-config\.ya?ml|requirements[\w.-]*\.txt|pipfile|environment\.ya?ml|package\.json|tsconfig[\w.-]*\.json|jsconfig\.json|babel\.config\.\w+|\.babelrc|biome\.jsonc?|\.eslintrc[\w.]*|\.prettierrc[\w.]*|\.editorconfig|[\w.-]+\.config\.[cm]?[jt]s|cargo\.toml|go\.mod|gemfile|composer\.json|pom\.xml|build\.gradle(?:\.kts)?|settings\.gradle(?:\.kts)?|cmakelists\.txt|makefile|dockerfile|docker-compose[\w.-]*\.ya?ml|\.travis\.yml|\.gitlab-ci\.yml|\.env[\w.]*)$|(?:^|\/)\.(?:github|circleci)\/|^(?:\.\/)?[\w-]+\.(?:toml|ini|cfg)$/i,
  documentation:
    // Markdown that a program reads (prompts, skills, commands of agents) is part of it, not its documentation.
    /(?:^|\/)docs?\/|(?:^|\/)(?:readme|changelog|changes|contributing|history|news)(?:\.\w+)?$|^(?!(?:.*\/)?(?:prompts?|skills?|agents?|commands?|rules|templates?|fixtures|content|_posts|posts)\/|(?:.*\/)?(?:skill|agents|claude|gemini)\.md$).*\.(?:md|rst|adoc)$/i,
  'lock files':
    /(?:^|\/)(?:package-lock\.json|yarn\.lock|pnpm-lock\.yaml|poetry\.lock|uv\.lock|cargo\.lock|gemfile\.lock|composer\.lock|go\.sum|pipfile\.lock|bun\.lockb?)$/i,
  migrations: /(?:^|\/)migrations?\//i,
};

/** Whether a path is of a kind of file. Paths are relative to the repository where that is known. */
export function isOfKind(path: string, kind: FileKind): boolean {
  if (path.length >= 1000) return false;
  return kind === 'production code' ? isProductionCode(path) : kindPatterns[kind].test(path);
}

const code =
  /\.(?:[cm]?[jt]sx?|py|pyx|rb|go|rs|java|kts?|c|h|cc|cpp|cxx|hpp|cs|php|swift|scala|dart|exs?|lua|pl|r|vue|svelte|m|mm|zig|nim|clj|hs|ml|fs|sh|sql)$/i;

function isProductionCode(path: string): boolean {
  return code.test(path) && !kindPatterns.tests.test(path) && !kindPatterns.configuration.test(path);
}

/** Whether a path is one of these files. */
export function isInFileSet(path: string, files: FileSet): boolean {
  return files.kinds.some((kind) => isOfKind(path, kind)) || files.globs.some((glob) => matchesGlob(path, glob));
}

const compiled = new Map<string, RegExp>();

/**
 * Whether a path matches what the user wrote: a file, a folder (then everything below it), or a glob with `*`, `**` and
 * `?`. A relative one matches at any depth, since the user may speak from another folder than the call.
 */
export function matchesGlob(path: string, glob: string): boolean {
  let pattern = compiled.get(glob);
  if (pattern === undefined) {
    pattern = compileGlob(glob);
    if (compiled.size > 200) compiled.clear();
    compiled.set(glob, pattern);
  }
  return pattern.test(path);
}

function compileGlob(glob: string): RegExp {
  const clean = glob
    .replace(/^\.\//, '')
    .replace(/\/+$/, '')
    .replace(/\/\*{1,2}$/, '');
  const body = clean
    .slice(0, 300)
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*\*\/?/g, '\u0000')
    .replace(/\*+/g, '[^/]*')
    .replace(/\?/g, '[^/]')
    .replace(/\u0000+/g, '.*')
    // "The README" is README.md.
    .replace(/((?:^|\/)(?:README|CHANGELOG|LICENSE|NOTICE|CONTRIBUTING))$/, '$1(?:\\.\\w+)?');
  const start = clean.startsWith('/') ? '^' : '(?:^|/)';
  return new RegExp(`${start}${body}(?:/|$)`);
}
