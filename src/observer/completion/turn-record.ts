import { targetsOf } from '../ledger/call-targets.ts';
import { relativePath } from '../ledger/check.ts';
import { describeChange } from '../review/account/change-text.ts';
import { type CheckResult, readCheck } from '../review/account/check-result.ts';
import { programWords } from '../shell/program-words.ts';
import { mayTouch, touchesOf } from '../shell/touches.ts';
import { readPatch } from '../step/edit-texts.ts';
import { featuresOf } from '../step/features.ts';
import type { NormalizedCall, NormalizedStep } from '../step/normalized-step.ts';

/** One change of one file. */
export type FileChange = {
  readonly path: string;
  readonly step: number;
  readonly how: 'changed' | 'created' | 'deleted';
  /** The lines that it adds and takes away, as far as the call holds them. */
  readonly added: string;
  readonly removed: string;
};

/** A shell line that ran and what came of it. `check`: it was a check. */
export type CommandRun = {
  readonly line: string;
  readonly step: number;
  readonly isError: boolean;
  /** It was left running. */
  readonly isBackground: boolean;
  readonly words: readonly (readonly string[])[];
  readonly check?: CheckResult;
};

/** What the calls of a task did. */
export type TurnRecord = {
  readonly changes: readonly FileChange[];
  readonly commands: readonly CommandRun[];
  /** Step of the last change of a file; -1 for none. */
  readonly lastChange: number;
  readonly stepCount: number;
};

const maxText = 20_000;

/** Reads changes and commands from the steps of a task. Paths are relative to `cwd` where they stand below it. */
export function recordTurn(steps: readonly NormalizedStep[], cwd: string): TurnRecord {
  const changes: FileChange[] = [];
  const commands: CommandRun[] = [];
  for (const step of steps) {
    for (const call of step.calls) {
      if (call.act === 'shell') commands.push(...readCommand(call, step.index));
      for (const change of readChanges(call, step.index))
        changes.push({ ...change, path: relativePath(change.path, cwd) });
    }
  }
  const kept = changes.filter(({ path }) => !/^(?:\/dev\/|\/tmp\/|\$|~?\/\.claude\/)|[*?]/.test(path));
  return {
    changes: kept,
    commands,
    lastChange: Math.max(-1, ...kept.map(({ step }) => step)),
    stepCount: steps.length,
  };
}

function readCommand(call: NormalizedCall, step: number): CommandRun[] {
  const { command, commands, failure } = featuresOf(call);
  if (command === undefined || call.errorKind === 'denied' || call.errorKind === 'blocked') return [];
  const check = readCheck(call);
  return [
    {
      line: command.replace(/\s+/g, ' ').trim(),
      step,
      isError: call.isError || failure !== undefined,
      isBackground:
        call.input.run_in_background === true ||
        call.input.background === true ||
        /^(?:Command|Process) running in (?:the )?background/i.test(call.output),
      words: commands.map(({ words }) => wordsOfProgram(words)),
      ...(check !== undefined && { check }),
    },
  ];
}

/** Without what stands before a program and only runs it. */
function wordsOfProgram(words: readonly string[]): readonly string[] {
  const bare = programWords(words);
  return /^(?:rtk|time|sudo|npx|bunx)$/.test(bare[0] ?? '') ? bare.slice(1) : bare;
}

function readChanges(call: NormalizedCall, step: number): FileChange[] {
  const { isChange, commands, command, path } = featuresOf(call);
  if (!isChange) return [];
  if (call.act !== 'shell') return readEdit(call, path, step);
  if (command === undefined || !mayTouch(command)) return [];
  return touchesOf(commands, new Map()).flatMap(({ path: touched, how }): FileChange[] =>
    how === 'folder' || how === 'restore'
      ? []
      : [
          {
            path: touched,
            step,
            how: how === 'delete' ? 'deleted' : 'changed',
            added: textFor(commands, touched),
            removed: '',
          },
        ],
  );
}

/** What a here-document gives the file. */
function textFor(commands: ReturnType<typeof featuresOf>['commands'], path: string): string {
  const writing = commands.find(
    ({ writes, input }) => input !== undefined && writes.some((one) => path.endsWith(one.path)),
  );
  return writing?.input?.slice(0, maxText) ?? '';
}

function readEdit(call: NormalizedCall, path: string | undefined, step: number): FileChange[] {
  const isDeleted = /delete|remove/i.test(call.name);
  if (path === undefined) {
    const patch =
      [call.input.patch, call.input.input, call.input.diff].find((value) => typeof value === 'string') ?? '';
    const hunks = readPatch(patch.slice(0, 100_000));
    return targetsOf(call).flatMap((target): FileChange[] => {
      if (target.kind !== 'path' || target.access !== 'write') return [];
      const own = hunks.filter((hunk) => hunk.path === target.path || target.path.endsWith(`/${hunk.path}`));
      const lines = own.map(({ before, after }) => lineDifference(before, after));
      return [
        {
          path: target.path,
          step,
          how: patch.includes(`Add File: ${target.path}`)
            ? 'created'
            : patch.includes(`Delete File: ${target.path}`)
              ? 'deleted'
              : 'changed',
          added: lines.map(({ added }) => added).join('\n'),
          removed: lines.map(({ removed }) => removed).join('\n'),
        },
      ];
    });
  }
  const diff =
    describeChange(call)
      ?.slice(0, maxText * 2)
      .split('\n') ?? [];
  const isNew = call.act === 'write' && /\bcreat|\bnew file/i.test(call.output.slice(0, 300));
  return [
    {
      path,
      step,
      how: isDeleted ? 'deleted' : isNew ? 'created' : 'changed',
      added: linesWith(diff, '+'),
      removed: linesWith(diff, '-'),
    },
  ];
}

function linesWith(diff: readonly string[], mark: string): string {
  return diff
    .filter((line) => line.startsWith(mark))
    .map((line) => line.slice(1))
    .join('\n');
}

function lineDifference(before: string, after: string): { readonly added: string; readonly removed: string } {
  const old = before.split('\n');
  const fresh = after.split('\n');
  const known = new Set(old);
  const kept = new Set(fresh);
  return {
    added: fresh.filter((line) => !known.has(line)).join('\n'),
    removed: old.filter((line) => !kept.has(line)).join('\n'),
  };
}
