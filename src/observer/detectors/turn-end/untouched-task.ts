import type { JsonObject } from '../../../core/types.ts';
import { makeSignal } from '../../signal.ts';
import type { Detector, NormalizedCall } from '../../step/normalized-step.ts';

/** A task that is about changing something. */
const changing =
  /^(?:add|update|modify|implement|apply|fix|create|write|change|refactor|rename|wire|integrate|extend|replace|edit)\b/i;
/** A file of code; documents are too often the matter of a task and not its place. */
const codeFile =
  /(?<![\w/.])(?:[\w.-]+\/)*[\w.-]+\.(?:go|[cm]?[jt]sx?|py|rs|rb|java|kt|cs|php|swift|scala|c|cc|cpp|h|hpp|vue|svelte|sql|sh|ex|exs|dart)\b(?![\w/.])/g;
const maxTasks = 200;

/**
 * A task of the agent's own list is marked as done although it says to change a file that no call of the run has changed: not by an
 * edit, and not named in any shell line. For lists of any agent (whole lists, or tasks made and updated one by one).
 */
export function createUntouchedTask(): Detector {
  const subjects = new Map<string, string>();
  const done = new Set<string>();
  let touched = '';
  const hasTouched = (file: string) => touched.includes(`${file.replace(/^.*\//, '')}\n`) || touched.includes(file);

  const finish = (subject: string, step: number) => {
    if (done.has(subject) || done.size > maxTasks) return [];
    done.add(subject);
    const files = changing.test(subject) ? [...new Set(subject.match(codeFile) ?? [])] : [];
    return files.length > 0 && !files.some(hasTouched) ? [describe(subject, files, step)] : [];
  };

  const observe = (call: NormalizedCall, step: number) => {
    if (call.act !== 'plan') {
      if (call.act !== 'read' && call.act !== 'search') touched = `${touched}${namesIn(call.input)}\n`.slice(-200_000);
      return [];
    }
    if (call.isError) return [];
    const { input } = call;
    const id = textOf(input.taskId) ?? textOf(input.id);
    if (id === undefined && textOf(input.subject) !== undefined) {
      const given = /#(\d+)/.exec(call.output)?.[1] ?? String(subjects.size + 1);
      if (subjects.size < maxTasks) subjects.set(given, textOf(input.subject)!);
      return [];
    }
    if (id !== undefined && input.status === 'completed') return finish(subjects.get(id) ?? '', step);
    const listed = [input.todos, input.plan, input.items, input.tasks].find(Array.isArray) ?? [];
    return listed.flatMap((entry: unknown) => {
      const item = readItem(entry);
      return item === undefined ? [] : finish(item, step);
    });
  };

  return {
    name: 'untouched-task',
    feed: (step) => step.calls.flatMap((call) => observe(call, step.index)).slice(0, 1),
  };
}

/** The text of an item that is marked as done. */
function readItem(entry: unknown): string | undefined {
  if (typeof entry !== 'object' || entry === null || !('status' in entry)) return undefined;
  if (!/^(?:completed|done)$/.test(String(entry.status))) return undefined;
  if ('content' in entry) return textOf(entry.content);
  if ('step' in entry) return textOf(entry.step);
  return 'text' in entry ? textOf(entry.text) : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Whatever a call that may change files names: its paths, its shell line, its patch; not the text that it writes. */
function namesIn(input: JsonObject): string {
  return Object.entries(input)
    .filter(
      ([name, value]) => typeof value === 'string' && !/content|text|string|new|old|prompt|description/i.test(name),
    )
    .map(([, value]) => String(value).slice(0, 20_000))
    .join('\n');
}

function describe(subject: string, files: readonly string[], step: number) {
  return makeSignal({
    detector: 'untouched-task',
    class: 'did-not-follow-instructions',
    step,
    confidence: 0.8,
    evidenceSteps: [step],
    evidence: `the task “${subject.slice(0, 120)}” was marked as done, and nothing has changed ${files.slice(0, 3).join(', ')}`,
    streak: `${subject.slice(0, 100)}`,
  });
}
