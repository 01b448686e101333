import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { withoutKeys } from '../../src/core/process/child-environment.ts';
import type { HoldProgram } from '../../src/core/process/held-program.ts';
import { findProjectProgram } from '../../src/diagnostics/find-checker.ts';
import { openDiagnostics } from '../../src/diagnostics/open-diagnostics.ts';
import { createWorkspace } from '../../tools/file/workspace.ts';
import { writeTool } from '../../tools/write.ts';
import { makeFolder } from '../program/program.ts';

const hold: HoldProgram = async ({ file, args, env }) => ({ file, args, env: withoutKeys(env) });

/** What an edit of each language brings, and what stood in the file before. */
const languages = [
  {
    program: 'typescript-language-server',
    files: {
      'tsconfig.json': '{ "compilerOptions": { "strict": true, "noEmit": true } }',
      'a.ts': 'const old: string = 5;\n',
    },
    after: 'const old: string = 5;\nconst fresh: number = "x";\n',
    found: /a\.ts:2:7 .*not assignable to type 'number'/,
  },
  {
    // TypeScript 7, whose compiler is the server.
    program: 'tsc',
    files: {
      'tsconfig.json': '{ "compilerOptions": { "strict": true, "noEmit": true } }',
      'b.ts': 'const old: string = 5;\n',
    },
    after: 'const old: string = 5;\nconst fresh: number = "x";\n',
    found: /b\.ts:2:7 .*not assignable to type 'number'/,
  },
  {
    program: 'pyright-langserver',
    files: { 'a.py': 'old: str = 5\n' },
    after: 'old: str = 5\nprint(fresh)\n',
    found: /a\.py:2:7 "fresh" is not defined/,
  },
  {
    program: 'gopls',
    files: { 'go.mod': 'module a\n\ngo 1.21\n', 'a.go': 'package a\n\nvar old string = 5\n' },
    after: 'package a\n\nvar old string = 5\nvar fresh int = "x"\n',
    found: /a\.go:4:17/,
  },
  {
    program: 'clangd',
    files: { 'a.c': 'int old = missing;\n' },
    after: 'int old = missing;\nint fresh = gone;\n',
    found: /a\.c:2:13 .*gone/,
  },
];

// Each runs where its server is installed: `PATH=.../node_modules/.bin:$PATH npx vitest run test/diagnostics`.
for (const { program, files, after, found } of languages) {
  const isThere = findProjectProgram(program, '/', process.env) !== undefined;
  test.skipIf(!isThere)(
    `${program} says what an edit has brought, and not what stood there`,
    { timeout: 90_000 },
    async () => {
      const cwd = makeFolder();
      mkdirSync(cwd, { recursive: true });
      for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
      const name = Object.keys(files).at(-1)!;
      const warnings: string[] = [];
      const onWarning = (message: string) => void warnings.push(message);
      const diagnostics = openDiagnostics({
        root: cwd,
        cwd,
        env: process.env,
        hold,
        isOfWorkspace: () => true,
        servers: [],
        onWarning,
      });
      onTestFinished(diagnostics.close);
      const workspace = createWorkspace({ cwd, outputFolder: join(cwd, 'out') });
      const { signal } = new AbortController();
      const { mtimeMs, size } = (await import('node:fs')).statSync(join(cwd, name));
      const prepared = diagnostics.wrapTool({ ...writeTool }).prepare({ path: name, content: after }, cwd);
      if (typeof prepared === 'string') throw new Error(prepared);
      const { stampKey } = await import('../../tools/file/paths.ts');
      workspace.stamps.set(await stampKey(join(cwd, name)), { mtimeMs, size });
      const { output, isError } = await prepared.run({ workspace, signal, onOutput: () => undefined });
      expect(isError, output).toBeFalsy();
      let words: string | undefined;
      await expect
        .poll(
          async () => {
            words ??= await diagnostics.takeLast(workspace, signal);
            return words ?? warnings.join();
          },
          { timeout: 80_000 },
        )
        .toMatch(found);
      expect(words).not.toContain(':1:');
    },
  );
}
