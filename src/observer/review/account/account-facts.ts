import { readGitCommand } from '../../shell/program-words.ts';
import { featuresOf } from '../../step/features.ts';
import { type FileTouch, fileTouchesOf } from '../../step/files/file-touches.ts';
import type { NormalizedCall, NormalizedStep } from '../../step/normalized-step.ts';
import { countChangedLines, replacesEverywhere } from './change-text.ts';
import { type CheckResult, isCheck, madeChange, readCheck } from './check-result.ts';

/** A check that ran. */
export type CheckFact = CheckResult & {
  readonly step: number;
  readonly command: string;
  /** The script that it ran, where the agent has written that in this run. */
  readonly ownScript?: string;
};

/** What became of one file. */
export type FileFact = {
  readonly path: string;
  readonly steps: number[];
  added: number;
  removed: number;
  isNew: boolean;
  isDeleted: boolean;
  isByShell: boolean;
  isRestored: boolean;
  /** Steps that replaced every occurrence of a text, and how many these were, where the tool says it. */
  readonly everywhere: { readonly step: number; readonly count?: number }[];
};

/** A commit, a push and the like. */
export type GitFact = {
  readonly step: number;
  readonly verb: string;
  readonly command: string;
  readonly isError: boolean;
  /** What git said of it, in a few lines. */
  readonly said: string;
};

/** Calls of one tool, and the names of arguments with which they worked and failed. */
export type ToolFact = {
  readonly name: string;
  readonly isKnown: boolean;
  calls: number;
  failed: number;
  worked: string;
  failedWith: string;
};

/** What the steps so far have done, as far as code can read it. */
export type Facts = {
  readonly add: (step: NormalizedStep) => void;
  readonly checks: () => readonly CheckFact[];
  /** In the order of their last change. */
  readonly files: () => readonly FileFact[];
  readonly git: () => readonly GitFact[];
  readonly tools: () => readonly ToolFact[];
  /** The plan that was approved, or the agent's own list, in its newest form; empty where there isn't one. */
  readonly plan: () => string;
  /** Step of the last change of any file; -1 for none. */
  readonly lastChange: () => number;
};

/** A program that changes files, for each file that another one finds. */
export const bulkChange = /(?:-exec\s+|\bxargs\s[^|;]*)(?:sed\s+-\w*i|perl\s+-\w*i|rm\b|mv\b|gofmt\s+-w|truncate\b)/;
const maxChecks = 60;
const maxFiles = 200;
const maxGit = 40;
const maxTools = 40;
const gitVerbs =
  /^(?:add|commit|push|pull|merge|rebase|reset|checkout|switch|restore|stash|cherry-pick|revert|tag|am|apply|status)$/;
/** What git says of a commit, a push and a state of the work. */
const gitSays =
  /^\s*(?:\[[\w/.-]+ .*\] .*|\d+ files? changed.*|.*\bworking tree clean.*|nothing (?:to|added to) commit.*|no changes added.*|.* -> .*|!.*rejected.*|(?:CONFLICT|error:|fatal:|hint: .*conflict).*|(?:both )?(?:modified|deleted|added|new file|renamed): .*|(?:[MADRU?! ]{2}) \S.*|Your branch is .*|Everything up-to-date|Changes (?:not staged|to be committed).*|Untracked files:|HEAD is now .*)$/;
const maxSaid = 300;

/** `cwd` is taken off the paths. */
export function createFacts(cwd: string, approvedPlan: string | undefined): Facts {
  const checks: CheckFact[] = [];
  const files = new Map<string, FileFact>();
  const written = new Set<string>();
  const git: GitFact[] = [];
  const tools = new Map<string, ToolFact>();
  let approved = approvedPlan ?? '';
  let list = '';
  let lastChange = -1;

  function addCheck(call: NormalizedCall, step: number): void {
    const result = readCheck(call);
    if (result === undefined) return;
    const command = oneLine(featuresOf(call).command ?? call.name);
    const ownScript = scriptsRunBy(call).find((script) => written.has(baseName(script)));
    checks.push({ ...result, step, command, ...(ownScript !== undefined && { ownScript }) });
    if (checks.length > maxChecks) checks.shift();
  }

  function touch(path: string, step: number): FileFact {
    const name = relative(path, cwd);
    const known = files.get(name);
    files.delete(name);
    const fact = known ?? {
      path: name,
      steps: [],
      added: 0,
      removed: 0,
      isNew: false,
      isDeleted: false,
      isByShell: false,
      isRestored: false,
      everywhere: [],
    };
    if (fact.steps.at(-1) !== step) fact.steps.push(step);
    files.set(name, fact);
    if (files.size > maxFiles) files.delete(files.keys().next().value!);
    lastChange = step;
    return fact;
  }

  function addChange(call: NormalizedCall, step: number): void {
    if (!call.isError && bulkChange.test(commandOf(call))) touchMany(commandOf(call), step);
    if (!madeChange(call)) return;
    const touches = fileTouchesOf(call);
    for (const each of touches) {
      if (each.by === 'edit') addEdit(call, each, step, touches.filter(({ by }) => by === 'edit').length === 1);
      else if (each.by === 'report') touch(each.path, step);
      // What `git stash` puts away comes back with `pop`; the table of git shows both.
      else if (!each.isStashed) addByShell(each, step);
    }
  }

  function addByShell({ path, how }: FileTouch, step: number): void {
    if (how === 'write' && !files.has(relative(path, cwd))) noteWritten(path);
    if (how === 'folder' || /^\/dev\/|^\$|^\/tmp\//.test(path)) return;
    const fact = touch(path, step);
    fact.isByShell = true;
    fact.isDeleted = how === 'delete';
    fact.isRestored = how === 'restore';
  }

  function noteWritten(path: string): void {
    if (written.size < maxFiles) written.add(baseName(path));
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

  /** A command that finds the files it changes by itself. */
  function touchMany(command: string, step: number): void {
    touch(`(all that this finds: ${oneLine(command)})`, step).isByShell = true;
  }

  function addGit(call: NormalizedCall, step: number): void {
    for (const { words } of featuresOf(call).commands) {
      const verb = readGitCommand(words)?.verb;
      if (verb === undefined || !gitVerbs.test(verb)) continue;
      git.push({ step, verb, command: oneLine(words.join(' ')), isError: call.isError, said: gitWords(call.output) });
      if (git.length > maxGit) git.shift();
    }
  }

  function addTool(call: NormalizedCall): void {
    const { name, input, isError } = call;
    const known = tools.get(name);
    if (known === undefined && tools.size >= maxTools) return;
    const fact = known ?? {
      name,
      isKnown: call.act !== 'other' || isCheck(call),
      calls: 0,
      failed: 0,
      worked: '',
      failedWith: '',
    };
    fact.calls += 1;
    if (isError) fact.failed += 1;
    fact[isError ? 'failedWith' : 'worked'] = Object.keys(input).slice(0, 8).join(', ');
    tools.set(name, fact);
  }

  return {
    add: (step) => {
      for (const call of step.calls) {
        addTool(call);
        addCheck(call, step.index);
        addChange(call, step.index);
        addGit(call, step.index);
        if (typeof call.input.plan === 'string' && call.act === 'plan') approved = call.input.plan;
        list = listOf(call) ?? list;
      }
    },
    checks: () => checks,
    files: () => [...files.values()],
    git: () => git,
    tools: () => [...tools.values()],
    plan: () => (approved === '' ? list : approved),
    lastChange: () => lastChange,
  };
}

const interpreter = /^(?:python[\d.]*|node|deno|bun|ruby|php|perl|tsx|ts-node|bash|sh|go|Rscript)$/;

/** The files that a call gives to an interpreter. */
function scriptsRunBy(call: NormalizedCall): string[] {
  return featuresOf(call).commands.flatMap(({ words }) => {
    if (!interpreter.test(baseName(words[0] ?? ''))) return words[0]?.startsWith('./') ? [words[0]] : [];
    return words.slice(1).filter((word) => /\.\w+$/.test(word) && !word.startsWith('-'));
  });
}

function countOf(output: string): { readonly count?: number } {
  const found = /\b(\d+) (?:occurrences?|replacements?|places?|times)\b/i.exec(output.slice(0, 1000))?.[1];
  return found === undefined ? {} : { count: Number(found) };
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** A list of tasks with their states. */
function listOf(call: NormalizedCall): string | undefined {
  if (call.act !== 'plan') return undefined;
  const list = [call.input.todos, call.input.plan, call.input.tasks].find(Array.isArray);
  if (list === undefined) return undefined;
  return list
    .map((item: unknown) =>
      typeof item === 'object' && item !== null ? Object.values(item).join(' · ') : String(item),
    )
    .join('\n');
}

function gitWords(output: string): string {
  const lines = output.split('\n', 400).filter((line) => gitSays.test(line));
  return lines
    .slice(0, 12)
    .map((line) => line.replace(/\s+/g, ' ').trim())
    .join('; ')
    .slice(0, maxSaid);
}

function commandOf(call: NormalizedCall): string {
  return featuresOf(call).command ?? '';
}

function relative(path: string, cwd: string): string {
  const clean = path.replace(/^\.\//, '');
  return cwd !== '' && clean.startsWith(`${cwd}/`) ? clean.slice(cwd.length + 1) : clean;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim().slice(0, 160);
}
