import { spawn } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { parseArguments } from '../src/command-line/args.ts';
import { loadConfig } from '../src/config/load-config.ts';
import { createDemoRepository } from '../src/demo/repository.ts';
import { type ModelServer, startModelServer } from '../src/demo/server.ts';
import { findCommands } from '../src/slash-commands/custom.ts';
import { compiledCode } from './compiled-code.ts';
import { openGate } from './context/open-gate.ts';

const root = resolve(import.meta.dirname, '..');

type Example = { readonly page: string; readonly language: string; readonly text: string; readonly line: number };

const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];
const examples = pages.flatMap(findExamples);

function findExamples(page: string): Example[] {
  const text = readFileSync(join(root, page), 'utf8');
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map((match) => ({
    page,
    language: match[1] ?? '',
    text: match[2] ?? '',
    line: text.slice(0, match.index).split('\n').length,
  }));
}

const of = (language: string) =>
  examples
    .filter((example) => example.language === language)
    .map((example) => [`${example.page}:${example.line}`, example] as const);

vi.setConfig({ testTimeout: 120_000 });

let folder: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'wink-docs-')));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('every console example of the docs prints what it says', () => {
  let server: ModelServer;
  beforeEach(async () => {
    createDemoRepository(join(folder, 'repository'));
    server = await startModelServer({ scenario: [{ text: 'Hello.', times: 99 }], models: ['qwen3-coder'] });
  });
  afterEach(() => server.close());

  test.each(of('console'))('%s', async (_, { text }) => {
    const programs = join(folder, 'programs');
    mkdirSync(programs);
    writeFileSync(
      join(programs, 'wink-agent'),
      `#!/bin/sh\nexec ${process.execPath} ${join(root, 'bin/wink-agent.js')} "$@"\n`,
    );
    chmodSync(join(programs, 'wink-agent'), 0o755);
    for (const { command, output } of splitSession(text)) {
      const said = await run(command, {
        PATH: `${programs}:${process.env.PATH}`,
        HOME: folder,
        WINK_HOME: join(folder, 'home'),
        ...compiledCode,
        OLLAMA_HOST: server.url,
        OPENAI_BASE_URL: '',
        WINK_MODEL: 'ollama/qwen3-coder',
      });
      expect(matches(linesOf(said), linesOf(output)), `${command}\n\nprinted\n${said}`).toBe(true);
    }
  });
});

/** `$ command` and, up to the next one, what it prints. */
function splitSession(text: string): { command: string; output: string }[] {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((part) => ({ command: part.slice(0, part.indexOf('\n')), output: part.slice(part.indexOf('\n') + 1) }));
}

function linesOf(text: string): string[] {
  return text.trimEnd() === ''
    ? []
    : text
        .trimEnd()
        .split('\n')
        .map((line) => line.trimEnd());
}

/** `…` stands for anything within a line, a line of its own for any lines; blanks stand for any number of blanks. */
function matches(lines: readonly string[], expected: readonly string[]): boolean {
  const [first, ...rest] = expected;
  if (first === undefined) return lines.length === 0;
  if (first === '…') return lines.some((_, index) => matches(lines.slice(index), rest)) || matches([], rest);
  return lines[0] !== undefined && toPattern(first).test(lines[0]) && matches(lines.slice(1), rest);
}

function toPattern(line: string): RegExp {
  const literal = (part: string) => part.split(/ +/).map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(
    `^${line
      .split('…')
      .map((part) => literal(part).join(' +'))
      .join('.*')} *$`,
  );
}

async function run(command: string, env: NodeJS.ProcessEnv): Promise<string> {
  const child = spawn('bash', ['-c', `${command} 2>&1`], {
    cwd: join(folder, 'repository'),
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await new Promise((done) => child.once('close', done));
  return said;
}

describe('every configuration in the docs is one that the program takes', () => {
  test.each(of('jsonc'))('%s', async (_, { text }) => {
    const file = join(folder, 'config.json');
    writeFileSync(file, text);
    const { warnings } = await loadConfig({ env: {}, cwd: folder, home: folder, flags: {}, isTrusted: () => true });
    expect(warnings).toEqual([]);
  });
});

describe('every command file in the docs is read', () => {
  test.each(of('md'))('%s', (_, { text }) => {
    mkdirSync(join(folder, 'commands'));
    writeFileSync(join(folder, 'commands/x.md'), text);
    const { commands, warnings } = findCommands({
      home: folder,
      repository: folder,
      isTrusted: false,
      reserved: new Set(),
      gate: openGate,
    });
    expect({ names: commands.map(({ name }) => name), warnings }).toEqual({ names: ['x'], warnings: [] });
  });
});

describe('every command line in the docs has flags and commands that exist', () => {
  const lines = of('sh').flatMap(([place, { text }]) =>
    text
      .replace(/\\\n/g, ' ')
      .split('\n')
      .flatMap((line) => findCall(line).map((words) => [place, words] as const)),
  );
  test.each(lines)('%s: %j', (_, words) => {
    expect(() => parseArguments(words)).not.toThrow();
  });
});

/** The words after `wink-agent` in a line, up to a pipe, a redirection or a comment. */
function findCall(line: string): string[][] {
  const call = /(?:^|\s|\|\s*)(?:npx )?wink-agent(?:\s+|$)(.*)$/.exec(line.replace(/\s#\s.*$/, ''))?.[1];
  if (call === undefined || /^\s*#/.test(line)) return [];
  const words = [...call.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
  const end = words.findIndex((word) => /^[|<>;&]/.test(word));
  return [end === -1 ? words : words.slice(0, end)];
}

describe('links of the docs', () => {
  test.each(pages)('%s leads nowhere wrong', (page) => {
    const links = [...readFileSync(join(root, page), 'utf8').matchAll(/\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g)].map(
      (match) => match[1] ?? '',
    );
    const dead = links.filter((link) => {
      try {
        readFileSync(resolve(root, page, '..', link));
        return false;
      } catch {
        return true;
      }
    });
    expect(dead).toEqual([]);
  });
});
