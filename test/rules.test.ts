import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '..');

/** Which part of the tree may import which others, besides itself. `main` is the wiring: src/main.ts, src/session, src/command-line and src/library. */
const table: Readonly<Record<string, readonly string[]>> = {
  core: [],
  model: ['core'],
  agent: ['core'],
  store: ['core'],
  ui: ['core'],
  observer: ['core', 'model'],
  tools: ['core'],
  permissions: ['core'],
  sandbox: ['core'],
  checkpoints: ['core'],
  trust: ['core'],
  config: ['core', 'observer', 'trust'],
  context: ['core'],
  providers: ['core', 'config', 'model'],
  mcp: ['core', 'config'],
  'slash-commands': ['core'],
  acp: ['core'],
  web: ['core'],
  diagnostics: ['core'],
  watch: ['core', 'observer'],
  telemetry: ['core'],
  hooks: ['core'],
  skills: ['core'],
  memory: ['core'],
  export: ['core', 'store'],
  'git-work': ['core'],
  github: ['core'],
  doctor: ['core', 'main', 'config', 'model', 'providers', 'sandbox', 'store', 'trust'],
  study: ['core', 'store', 'observer', 'model', 'agent', 'ui'],
  demo: ['core'],
  modes: ['core', 'agent', 'ui', 'store'],
};

/** Packages that only some parts may load, so that nobody else pays for them. */
const owners: Readonly<Record<string, readonly string[]>> = {
  openai: ['model'],
  '@anthropic-ai/sdk': ['model'],
  unpdf: ['tools'],
  ajv: ['main'],
  ink: ['ui', 'modes'],
  react: ['ui', 'modes'],
  '@modelcontextprotocol/sdk': ['mcp', 'watch'],
  undici: ['model', 'web'],
  linkedom: ['web'],
  'vscode-languageserver-protocol': ['diagnostics'],
  turndown: ['web'],
  '@opentelemetry/api': ['telemetry'],
  '@agentclientprotocol/sdk': ['acp', 'main'],
};

/** Within the observer only these may reach the model client. */
const observerModelUsers = ['observer-schema.ts', 'judge.ts', 'advise.ts', 'message-handler.ts'];

type Source = { readonly path: string; readonly text: string };

function sources(...folders: string[]): Source[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name))
      .map((name) => ({ path: join(folder, name), text: readFileSync(join(root, folder, name), 'utf8') })),
  );
}

function partOf(path: string): string {
  const [top = '', second = ''] = path.split('/');
  if (top !== 'src') return top;
  return second.includes('.') || second === 'session' || second === 'command-line' || second === 'library'
    ? 'main'
    : second;
}

function importsOf({ text }: Source): string[] {
  return [...text.matchAll(/^(?:[^'`]*\bfrom\s+|.*?\bimport\s*\(\s*|import\s+)'([^']+)'/gm)].map((match) => match[1]!);
}

/** Each circle of imports once, as the path that leads back to its beginning. Depth first; a file that is done leads to none. */
function findCircles(imports: ReadonlyMap<string, readonly string[]>): string[] {
  const circles: string[] = [];
  const done = new Set<string>();
  const visit = (path: string, way: readonly string[]): void => {
    const start = way.indexOf(path);
    if (start >= 0) circles.push([...way.slice(start), path].join(' > '));
    if (start >= 0 || done.has(path)) return;
    for (const next of imports.get(path) ?? []) visit(next, [...way, path]);
    done.add(path);
  };
  for (const path of imports.keys()) visit(path, []);
  return circles;
}

const product = sources('src', 'tools');

describe('the layout', () => {
  test('no part imports another that the table does not allow', () => {
    const broken = product.flatMap((source) =>
      importsOf(source)
        .filter((specifier) => specifier.startsWith('.'))
        .map((specifier) => relative(root, resolve(root, dirname(source.path), specifier)))
        // A text that only looks like an import (the demo's own files) names nothing that is there.
        .filter((target) => existsSync(join(root, target)))
        .filter((target) => {
          const [from, to] = [partOf(source.path), partOf(target)];
          return from !== 'main' && from !== to && !table[from]?.includes(to);
        })
        .map((target) => `${source.path} imports ${target}`),
    );
    expect(broken).toEqual([]);
  });

  test('no two files import each other in a circle', () => {
    const imports = new Map(
      product.map((source) => [
        source.path,
        importsOf(source)
          .filter((specifier) => specifier.startsWith('.'))
          .map((specifier) => relative(root, resolve(root, dirname(source.path), specifier))),
      ]),
    );
    expect(findCircles(imports)).toEqual([]);
  });

  test('costly packages are loaded by their owners only', () => {
    const broken = product.flatMap((source) =>
      importsOf(source).flatMap((specifier) => {
        const name = specifier.startsWith('@') ? specifier.split('/').slice(0, 2).join('/') : specifier.split('/')[0]!;
        return owners[name] && !owners[name].includes(partOf(source.path)) ? [`${source.path} imports ${name}`] : [];
      }),
    );
    expect(broken).toEqual([]);
  });

  test('in the observer only the judge, the adviser, the worker and the settings know of the model client', () => {
    const broken = product.filter(
      (source) =>
        partOf(source.path) === 'observer' &&
        importsOf(source).some((specifier) => /(^|\/)model\//.test(specifier) && !specifier.includes('core/')) &&
        !observerModelUsers.includes(source.path.split('/').at(-1)!),
    );
    expect(broken.map(({ path }) => path)).toEqual([]);
  });

  test('threads are started and answered in the files made for it', () => {
    const users = product.filter((source) => importsOf(source).includes('node:worker_threads')).map(({ path }) => path);
    const allowed = [
      /^src\/observer\/worker\/(worker|thread-keeper|received-messages)\.ts$/,
      /^src\/core\/process\/run-thread\.ts$/,
      /^tools\/file\/pdf-(text-)?worker\.ts$/,
      /^src\/web\/page-worker\.ts$/,
      /^src\/study\/replay\/replay-(worker|pool)\.ts$/,
    ];
    expect(users.filter((path) => !allowed.some((pattern) => pattern.test(path)))).toEqual([]);
  });

  test('a program that the agent starts for itself is never named without its folder', () => {
    const start =
      /(?<![.\w])(?:spawn|spawnSync|execFile|execFileSync|execa|execaSync|fork|exec|execSync)\(\s*['"`](?!\/)(?!\$\{editor\} )/;
    const broken = product.filter(({ text }) => start.test(text)).map(({ path }) => path);
    expect(broken, 'use ownProgram of src/core/process/find-program.ts').toEqual([]);
  });

  test('who starts programs is known: by their own file, or as the user named them', () => {
    const starts = product.filter(
      (source) =>
        importsOf(source).some((name) => /^(node:)?child_process$|^execa$/.test(name)) &&
        !/import (type )?\{ (type )?ChildProcess \}/.test(source.text) &&
        !importsOf(source).some((name) => name.endsWith('/find-program.ts')),
    );
    expect(starts.map(({ path }) => path).sort()).toEqual([
      // As the user wrote it, in their own shell or with its full path.
      'src/config/config-command.ts',
      // The system's own ps.
      'src/core/process/end-in-time.ts',
      'src/diagnostics/checker-service.ts',
      'src/diagnostics/connect-server.ts',
      // In the place that its settings give it.
      'src/mcp/connection/stdio-transport.ts',
      // Found by the sandbox.
      'src/sandbox/probe.ts',
      // This program itself, and the checks that the user gives.
      'src/study/branch/branch-run.ts',
      // The user's editor and shell, and the shell of the system.
      'src/ui/input/editor.ts',
      'src/ui/terminal/users-shell.ts',
      // Held by the sandbox, or allowed by the user.
      'tools/shell/shell-process.ts',
    ]);
  });

  test('git is started where it is held, and else as the user would start it', () => {
    const starters = product.filter(
      (source) =>
        importsOf(source).some((name) =>
          /^(node:)?child_process$|^execa$|\/(find-program|own-output)\.ts$/.test(name),
        ) && /['"](?:[\w./-]*\/)?git['"]/.test(source.text),
    );
    expect(starters.map(({ path }) => path).sort()).toEqual([
      'src/core/git/start-git.ts',
      // With the user's settings, keys and hooks, once they said so.
      'src/git-work/users-git.ts',
    ]);
    const users = product.filter((source) => importsOf(source).some((name) => name.endsWith('/users-git.ts')));
    const commits = users.filter(({ text }) => text.includes('runUsersGit')).map(({ path }) => path);
    expect(commits.sort()).toEqual(['src/git-work/make-commit.ts', 'src/git-work/sign-commit.ts']);
  });

  test('zod is imported so that the bundle takes what is used, and not its forty languages', () => {
    const whole = product.filter(({ text }) =>
      text.split('\n').some((line) => /['"]zod['"]/.test(line) && !/^import (type )?\* as z from 'zod';$/.test(line)),
    );
    expect(whole.map(({ path }) => path)).toEqual([]);
  });

  test('no file is longer than 300 lines', () => {
    const long = product.filter(({ text }) => text.trimEnd().split('\n').length > 300);
    expect(long.map(({ path }) => path)).toEqual([]);
  });

  test('a room of the screen has at most fifteen files', () => {
    const files = product.map(({ path }) => path).filter((path) => /^src\/ui\/.+\//.test(path));
    const rooms = new Map<string, number>();
    for (const path of files) rooms.set(dirname(path), (rooms.get(dirname(path)) ?? 0) + 1);
    expect([...rooms].filter(([, count]) => count > 15)).toEqual([]);
  });

  test('a folder has at most 22 files', () => {
    const counts = new Map<string, number>();
    for (const { path } of product) counts.set(dirname(path), (counts.get(dirname(path)) ?? 0) + 1);
    expect([...counts].filter(([, count]) => count > 22)).toEqual([]);
  });

  test('a folder of tests has at most 25 files', () => {
    const counts = new Map<string, number>();
    for (const { path } of sources('test'))
      if (!path.startsWith('test/fixtures/')) counts.set(dirname(path), (counts.get(dirname(path)) ?? 0) + 1);
    expect([...counts].filter(([, count]) => count > 25)).toEqual([]);
  });

  test('no two files have the same name, so that an editor tab says which it is', () => {
    const names = product.map(({ path }) => path.split('/').at(-1)!).filter((name) => name !== 'index.ts');
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  });

  test('the sources leave nothing for later', () => {
    const unfinished = product.filter(({ text }) => /\b(TODO|FIXME|XXX)\b|[Nn]ot (yet )?implemented/.test(text));
    expect(unfinished.map(({ path }) => path)).toEqual([]);
  });
});

describe('the map in docs/architecture.md', () => {
  const map = readFileSync(join(root, 'docs/architecture.md'), 'utf8');
  const names = [...map.matchAll(/`([\w./-]+)`/g)].map(([, name]) => name!);

  test('names each folder of src/', () => {
    const folders = readdirSync(join(root, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map(({ name }) => `src/${name}/`).filter((folder) => !names.includes(folder))).toEqual([]);
  });

  test('names no source file that is not there', () => {
    const paths = [...product, ...sources('test')].map(({ path }) => `/${path}`);
    const files = names.filter((name) => /\.tsx?$/.test(name));
    expect(files.filter((name) => !paths.some((path) => path.endsWith(`/${name}`)))).toEqual([]);
  });

  test('names no folder that is not there', () => {
    const folders = ['src', 'tools', 'prompts', 'test', 'bin'].flatMap((top) => [
      `/${top}/`,
      ...readdirSync(join(root, top), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => `/${relative(root, join(entry.parentPath, entry.name))}/`),
    ]);
    const named = names.filter((name) => name.endsWith('/') && name !== 'dist/');
    expect(named.filter((name) => !folders.some((folder) => folder.endsWith(`/${name}`)))).toEqual([]);
  });
});

describe('the documentation', () => {
  const pages = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
  const read = (path: string) => readFileSync(join(root, path), 'utf8');

  test('names no path of the sources that is not there', () => {
    const missing = [...pages.map((page) => `docs/${page}`), 'README.md', 'CONTRIBUTING.md'].flatMap((page) =>
      [...read(page).matchAll(/`((?:src|tools|prompts|test|bin)\/[\w./-]+)`/g)]
        .map(([, path]) => path!)
        .filter((path) => !/[A-Z]{4}|^src\/.*\.js$/.test(path) && !existsSync(join(root, path)))
        .map((path) => `${page}: ${path}`),
    );
    expect(missing).toEqual([]);
  });

  test('has no page that the README does not link', () => {
    const readme = read('README.md');
    expect(pages.filter((page) => !readme.includes(`(docs/${page})`))).toEqual([]);
  });
});

describe('prompts', () => {
  const files = readdirSync(join(root, 'prompts'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.md'),
  );
  const code = product.map(({ text }) => text).join('\n');

  test('each prompt is loaded somewhere', () => {
    const orphans = files
      .map((name) => name.replace(/\.md$/, ''))
      .filter((name) => !code.includes(`'${name}'`) && !code.includes(`\`${dirname(name)}/\${`));
    expect(orphans).toEqual([]);
  });

  test('no prompt has blanks at line ends or more than two empty lines', () => {
    const untidy = files.filter((name) => /[ \t]\n|\n\n\n\n/.test(readFileSync(join(root, 'prompts', name), 'utf8')));
    expect(untidy).toEqual([]);
  });
});
