import { featuresOf } from '../../step/features.ts';
import { fileTouchesOf } from '../../step/files/file-touches.ts';
import type { NormalizedCall, NormalizedStep } from '../../step/normalized-step.ts';
import type { Facts } from './account-facts.ts';
import { baseName } from './account-text.ts';
import type { FileFact } from './file-facts.ts';

/** What an account knows of the run when it is asked whose a file is. */
export type RunSoFar = {
  readonly facts: Facts;
  /** From the first on; where that is not step 0, older ones are no longer at hand. */
  readonly steps: readonly NormalizedStep[];
  readonly userWords: string;
};

/**
 * The agent made this file: its tool says so, or a shell line wrote it and nothing before that names it, or the file was not there before:
 * an output had said so, or the agent had made its folder.
 */
export function isMadeHere(file: FileFact, { steps, userWords }: RunSoFar): boolean {
  if (file.isNew) return true;
  const [made] = file.steps;
  if (!file.isWritten || made === undefined || (steps[0]?.index ?? 0) > 0) return false;
  const before = steps.filter(({ index }) => index < made).flatMap(({ calls }) => calls);
  return (
    !isNamedIn(baseName(file.path), before, userWords) ||
    before.some(({ output }) => saysAbsent(output, file.path)) ||
    isInNewFolder(file.path, before, userWords)
  );
}

function isNamedIn(name: string, calls: readonly NormalizedCall[], userWords: string): boolean {
  return (
    userWords.includes(name) ||
    calls.some(({ input, output }) => output.includes(name) || JSON.stringify(input).includes(name))
  );
}

/** What stands before a path, and after it, where a program says that there is no such file. */
const pathBegins = /(?:^|[\s'"`‘“])(?:\.\/)?$/;
const pathEnds = /^(?:['"`’”]?(?:[\s:,;.)]|$))/;
const absentAfter = /^['"`’”]?:? *(?:no such file|not found|does(?: not|n['’]t) exist)/i;
const absentBefore = /(?:no such file(?: or directory)?|(?:file|directory|path) not found):? *['"`‘“]?(?:\.\/)?$/i;

function saysAbsent(output: string, path: string): boolean {
  const parts = output.split(path);
  return parts.slice(1).some((after, at) => {
    const before = parts[at]!.slice(-60);
    return pathBegins.test(before) && pathEnds.test(after) && (absentAfter.test(after) || absentBefore.test(before));
  });
}

/** An earlier call made its folder, or one around that, whose name nothing had named before. */
function isInNewFolder(path: string, before: readonly NormalizedCall[], userWords: string): boolean {
  return before.some(
    (call, at) =>
      !call.isError &&
      fileTouchesOf(call).some(
        ({ how, path: folder }) =>
          how === 'folder' &&
          path.startsWith(`${folder.replace(/\/+$/, '')}/`) &&
          !isNamedIn(baseName(folder.replace(/\/+$/, '')), before.slice(0, at), userWords),
      ),
  );
}

/** Words of somebody who speaks of a repository, which tell what it is where no call does. */
const speaksOfRepository = /\b(?:repo(?:sitor(?:y|ies))?|codebase|git|branch|commits?|pull request|PR|diff)\b/i;

/**
 * All that changed in these steps is files which the agent made in this run as means of its own (it ran them, used them in a command or took
 * them away again) and nobody named, in a folder that is no repository, as far as calls and words show it: nothing of the user's is touched,
 * and nobody gets them with the work.
 */
export function isOwnScratch(judged: readonly number[], run: RunSoFar): boolean {
  const { facts, userWords } = run;
  if (facts.isRepository() ?? speaksOfRepository.test(userWords)) return false;
  const changed = facts.files().filter(({ steps }) => steps.some((step) => judged.includes(step)));
  return (
    changed.length > 0 &&
    changed.every(
      (file) =>
        isMadeHere(file, run) && !userWords.includes(baseName(file.path)) && (file.isDeleted || isMeans(file, run)),
    )
  );
}

/** The agent ran it, or a later command that does more than look names it. */
function isMeans(file: FileFact, { facts, steps }: RunSoFar): boolean {
  const name = baseName(file.path);
  const [made = -1] = file.steps;
  if (facts.checks().some(({ ownScript }) => ownScript !== undefined && baseName(ownScript) === name)) return true;
  const later = steps.filter(({ index }) => index > made).flatMap(({ calls }) => calls);
  return later.map(featuresOf).some(({ command, isLook }) => !isLook && command?.includes(name) === true);
}

/** What git was asked to do in these steps is to stage, at most, and they changed no file: nothing is handed over, and staging takes nothing away. */
export function isOnlyStaged(judged: readonly number[], { facts }: RunSoFar): boolean {
  const asked = facts.git().filter(({ step }) => judged.includes(step));
  const hasChanged = facts.files().some(({ steps }) => steps.some((step) => judged.includes(step)));
  return (
    asked.some(({ verb }) => verb === 'add') && asked.every(({ verb }) => /^(?:add|status)$/.test(verb)) && !hasChanged
  );
}

/** All that changed in these steps is files which the agent made in this run: nothing that was there was modified. */
export function isAllMadeHere(judged: readonly number[], run: RunSoFar): boolean {
  const changed = run.facts.files().filter(({ steps }) => steps.some((step) => judged.includes(step)));
  return changed.length > 0 && changed.every((file) => isMadeHere(file, run));
}
