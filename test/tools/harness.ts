import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { doPutOff, runTool, type ToolContext, type Workspace } from '../../src/core/tool.ts';
import type { JsonObject, ToolResult } from '../../src/core/types.ts';
import { closeWorkspace, createWorkspace } from '../../tools/file/workspace.ts';
import { tools } from '../../tools/index.ts';

export type Harness = {
  readonly cwd: string;
  readonly workspace: Workspace;
  readonly live: string[];
  readonly call: (
    name: string,
    input: JsonObject,
    signal?: AbortSignal,
    more?: Pick<ToolContext, 'checkedPaths' | 'confinement'>,
  ) => Promise<ToolResult>;
  readonly put: (name: string, content: string | Uint8Array) => string;
  readonly get: (name: string) => string;
  readonly bytes: (name: string) => Buffer;
};

/** A workspace in a temporary folder that is gone after the test, with every process that a test left in it. */
export function makeHarness(options: Partial<Parameters<typeof createWorkspace>[0]> = {}): Harness {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'wink-tools-')));
  const cwd = join(root, 'work');
  mkdirSync(cwd);
  const workspace = createWorkspace({ cwd, outputFolder: join(root, 'outputs'), ...options });
  onTestFinished(async () => {
    await closeWorkspace(workspace);
    rmSync(root, { recursive: true, force: true });
  });
  const live: string[] = [];
  const path = (name: string) => join(cwd, name);
  return {
    cwd,
    workspace,
    live,
    call: async (name, input, signal = new AbortController().signal, more = {}) => {
      const tool = tools.find((each) => each.name === name);
      const prepared = tool?.prepare(input, cwd) ?? `no tool ${name}`;
      if (typeof prepared === 'string')
        return { callId: '1', name, output: prepared, isError: true, errorKind: 'bad-arguments', ms: 0 };
      const result = await runTool(
        { call: { id: '1', name, input }, prepared },
        { workspace, signal, onOutput: (chunk) => live.push(chunk), ...more },
      );
      await doPutOff(workspace);
      return result;
    },
    put: (name, content) => {
      mkdirSync(dirname(path(name)), { recursive: true });
      writeFileSync(path(name), content);
      return path(name);
    },
    get: (name) => readFileSync(path(name), 'utf8'),
    bytes: (name) => readFileSync(path(name)),
  };
}
