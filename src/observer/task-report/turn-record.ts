import { relativePath } from '../ledger/check/check-targets.ts';
import { describeChange } from '../review/account/change-text.ts';
import { type CheckResult, readCheck } from '../review/account/check-result.ts';
import { programWords } from '../shell/program-words.ts';
import { featuresOf } from '../step/features.ts';
import { patchOf, readPatch } from '../step/files/edit-texts.ts';
import { type FileTouch, fileTouchesOf } from '../step/files/file-touches.ts';
import type { NormalizedCall, NormalizedStep } from '../step/normalized-step.ts';

/** One change of one file. */
export type RecordedChange = {
  readonly path: string;
  readonly step: number;
  readonly how: 'changed' | 'created' | 'deleted';
  /** The lines that it adds and takes away, as far as the call holds them. */
  readonly added: string;
  readonly removed: string;
  /** Unchanged lines next to them. */
  readonly context: string;
};

type ChangeTexts = Pick<RecordedChange, 'added' | 'removed' | 'context'>;

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
  readonly changes: readonly RecordedChange[];
  readonly commands: readonly CommandRun[];
  /** Step of the last change of a file; -1 for none. */
  readonly lastChange: number;
  readonly stepCount: number;
};

const maxText = 20_000;

/** Reads changes and commands from the steps of a task. Paths are relative to `cwd` where they are below it. */
export function recordTurn(steps: readonly NormalizedStep[], cwd: string): TurnRecord {
  const changes: RecordedChange[] = [];
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

/** Without what comes before a program and only runs it. */
function wordsOfProgram(words: readonly string[]): readonly string[] {
  const bare = programWords(words);
  return /^(?:rtk|time|sudo|npx|bunx)$/.test(bare[0] ?? '') ? bare.slice(1) : bare;
}

function readChanges(call: NormalizedCall, step: number): RecordedChange[] {
  if (!featuresOf(call).isChange) return [];
  return fileTouchesOf(call).flatMap((touch): RecordedChange[] =>
    touch.how === 'folder' || touch.how === 'restore'
      ? []
      : [{ path: touch.path, step, how: outcomeOf(touch, call), ...textsOf(touch, call) }],
  );
}

function outcomeOf({ path, how, by }: FileTouch, call: NormalizedCall): RecordedChange['how'] {
  if (how === 'delete') return 'deleted';
  const isNew = by === 'edit' && (patchAdds(call, path) || (how === 'write' && saysCreated(call)));
  return isNew ? 'created' : 'changed';
}

function patchAdds(call: NormalizedCall, path: string): boolean {
  return patchOf(call)?.includes(`Add File: ${path}`) === true;
}

function saysCreated({ act, output }: NormalizedCall): boolean {
  return act === 'write' && /\bcreat|\bnew file/i.test(output.slice(0, 300));
}

/** The lines that a change adds and takes away, and those next to them, as far as the call holds them. */
function textsOf({ path, by }: FileTouch, call: NormalizedCall): ChangeTexts {
  if (by === 'report') return { added: '', removed: '', context: '' };
  if (by === 'command') return { added: textFor(featuresOf(call).commands, path), removed: '', context: '' };
  if (featuresOf(call).path === undefined) return patchTexts(call, path);
  const diff =
    describeChange(call)
      ?.slice(0, maxText * 2)
      .split('\n') ?? [];
  return { added: linesWith(diff, '+'), removed: linesWith(diff, '-'), context: linesWith(diff, ' ') };
}

/** What a here-document gives the file. */
function textFor(commands: ReturnType<typeof featuresOf>['commands'], path: string): string {
  const writing = commands.find(
    ({ writes, input }) => input !== undefined && writes.some((one) => path.endsWith(one.path)),
  );
  return writing?.input?.slice(0, maxText) ?? '';
}

function patchTexts(call: NormalizedCall, path: string): ChangeTexts {
  const own = readPatch(patchOf(call) ?? '').filter((hunk) => hunk.path === path || path.endsWith(`/${hunk.path}`));
  const lines = own.map(({ before, after }) => lineDifference(before, after));
  return {
    added: lines.map(({ added }) => added).join('\n'),
    removed: lines.map(({ removed }) => removed).join('\n'),
    context: own.map(({ before }) => before).join('\n'),
  };
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
