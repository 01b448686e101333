import { featuresOf } from '../../step/features.ts';
import { type FileTouch, fileTouchesOf } from '../../step/files/file-touches.ts';
import type { NormalizedCall } from '../../step/normalized-step.ts';
import { baseName, oneLine } from './account-text.ts';
import { countChangedLines, replacesEverywhere } from './change-text.ts';
import { madeChange } from './check-result.ts';

/** What became of one file. */
export type FileFact = {
  readonly path: string;
  readonly steps: number[];
  added: number;
  removed: number;
  isNew: boolean;
  isDeleted: boolean;
  isByShell: boolean;
  /** The first that happened to it was a shell line that writes it whole, so that it may be new. */
  isWritten: boolean;
  isRestored: boolean;
  /** Steps that replaced every occurrence of a text, and how many these were, where the tool says it. */
  readonly everywhere: { readonly step: number; readonly count?: number }[];
};

/** The files that the agent has changed. */
export type FileFacts = {
  readonly add: (call: NormalizedCall, step: number) => void;
  /** In the order of their last change. */
  readonly files: () => readonly FileFact[];
  /** Whether the agent has written a file of this name in this run. */
  readonly hasWritten: (name: string) => boolean;
  /** Step of the last change of any file; -1 for none. */
  readonly lastChange: () => number;
};

/** A program that changes files, for each file that another one finds. */
export const bulkChange = /(?:-exec\s+|\bxargs\s[^|;]*)(?:sed\s+-\w*i|perl\s+-\w*i|rm\b|mv\b|gofmt\s+-w|truncate\b)/;
const maxFiles = 200;

/** `cwd` is taken off the paths. */
export function followFiles(cwd: string): FileFacts {
  const files = new Map<string, FileFact>();
  const written = new Set<string>();
  let lastChange = -1;

  function touch(path: string, step: number): FileFact {
    const name = relative(path, cwd);
    const fact = files.get(name) ?? newFact(name);
    files.delete(name);
    if (fact.steps.at(-1) !== step) fact.steps.push(step);
    files.set(name, fact);
    if (files.size > maxFiles) files.delete(files.keys().next().value!);
    lastChange = step;
    return fact;
  }

  function noteWritten(path: string): void {
    if (written.size < maxFiles) written.add(baseName(path));
  }

  function addByShell({ path, how }: FileTouch, step: number): void {
    if (how === 'write' && !files.has(relative(path, cwd))) noteWritten(path);
    if (how === 'folder' || /^\/dev\/|^\$|^\/tmp\//.test(path)) return;
    const fact = touch(path, step);
    fact.isWritten ||= how === 'write' && fact.steps.length === 1 && !fact.isByShell;
    fact.isByShell = true;
    fact.isDeleted = how === 'delete';
    fact.isRestored = how === 'restore';
  }

  function addEdit(call: NormalizedCall, { path, how }: FileTouch, step: number, isOnly: boolean): void {
    const fact = touch(path, step);
    if (isOnly) {
      const { added, removed } = countChangedLines(call);
      fact.added += added;
      fact.removed += removed;
    }
    if (replacesEverywhere(call)) fact.everywhere.push({ step, ...countOf(call.output) });
    if (call.act === 'write' && fact.steps.length === 1) {
      fact.isNew = /\bcreat|\bnew file|successfully at/i.test(call.output);
      if (fact.isNew) noteWritten(path);
    }
    fact.isDeleted = how === 'delete';
  }

  return {
    add: (call, step) => {
      const command = featuresOf(call).command ?? '';
      // A command that finds the files it changes by itself.
      if (!call.isError && bulkChange.test(command))
        touch(`(all that this finds: ${oneLine(command)})`, step).isByShell = true;
      if (!madeChange(call)) return;
      const touches = fileTouchesOf(call);
      const isOnly = touches.filter(({ by }) => by === 'edit').length === 1;
      for (const each of touches) {
        if (each.by === 'edit') addEdit(call, each, step, isOnly);
        else if (each.by === 'report') touch(each.path, step);
        // What `git stash` puts away comes back with `pop`; the table of git shows both.
        else if (!each.isStashed) addByShell(each, step);
      }
    },
    files: () => [...files.values()],
    hasWritten: (name) => written.has(name),
    lastChange: () => lastChange,
  };
}

function newFact(path: string): FileFact {
  return {
    path,
    steps: [],
    added: 0,
    removed: 0,
    isNew: false,
    isDeleted: false,
    isByShell: false,
    isWritten: false,
    isRestored: false,
    everywhere: [],
  };
}

function countOf(output: string): { readonly count?: number } {
  const found = /\b(\d+) (?:occurrences?|replacements?|places?|times)\b/i.exec(output.slice(0, 1000))?.[1];
  return found === undefined ? {} : { count: Number(found) };
}

function relative(path: string, cwd: string): string {
  const clean = path.replace(/^\.\//, '');
  return cwd !== '' && clean.startsWith(`${cwd}/`) ? clean.slice(cwd.length + 1) : clean;
}
