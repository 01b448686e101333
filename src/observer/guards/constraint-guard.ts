import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Refusal } from '../../core/observer-port.ts';
import { loadPrompt } from '../../core/prompt.ts';
import type { Target } from '../../core/tool.ts';
import type { Note, Signal, ToolCall } from '../../core/types.ts';
import { contentArgument, contentOf, targetsOf } from '../ledger/check/call-targets.ts';
import { type Advice, type Breach, type Constraint, isVague } from '../ledger/constraint.ts';
import { extractConstraints } from '../ledger/extract.ts';
import { createLedger } from '../ledger/ledger.ts';
import type { ObserverConfig } from '../observer-schema.ts';
import { makeSignal } from '../signal.ts';
import type { NormalizedStep, RunFacts } from '../step/normalized-step.ts';

/** Words of somebody's that hold for the whole session, such as those of AGENTS.md. */
export type Instructions = { readonly text: string; readonly source: string };

export type Guard = {
  /** Takes constraints out of the user's words; the same note is read once, however often it is given. */
  readonly readConstraints: (note: Note) => void;
  readonly instruct: (instructions: Instructions) => void;
  /** What a call would break; undefined when it breaks nothing. `isFirm`: sure enough to keep the call from acting. */
  readonly check: (targets: readonly Target[], step: number) => CallBreach | undefined;
  /** A call that may act: what it writes is known to the calls after it in the same message. */
  readonly expect: (call: ToolCall, targets: readonly Target[]) => void;
  /** Learns from a finished step which files are the agent's own. */
  readonly learn: (step: NormalizedStep) => void;
  readonly constraints: () => readonly Constraint[];
  /** What was forbidden in words that code can't check. */
  readonly advice: () => readonly Advice[];
  /** What the user forbade and did not lift, in their words; not what ends with their next ones. */
  readonly prohibitions: () => readonly string[];
  /** The user lifts a constraint. */
  readonly lift: (id: string) => void;
  /** The user adds one in words; gives what code can check of it. */
  readonly add: (text: string) => readonly Constraint[];
  /** What the judge read in the user's words; `restated` is read by the ledger's own rules. What the user lifted stays lifted. */
  readonly addRestated: (quote: string, restated: string) => void;
  /** One line each, for the judge; undefined when nothing changed since it was last asked. */
  readonly takeLines: () => readonly string[] | undefined;
  readonly lines: () => readonly string[];
};

export type CallBreach = {
  readonly signal: Signal;
  readonly refusal: Refusal;
  readonly isFirm: boolean;
  /** The same was tried before: no new finding, but it goes on. */
  readonly isAgain: boolean;
};

/** The user's words in other languages or freer forms, put by the judge into a sentence that code reads. */
const restatedSource = 'user, as the judge reads it';
/** Added words kept for the judge although code can't check them. */
const maxWords = 20;
const maxPaths = 5000;

/**
 * The constraint ledger on the main thread: it checks each call before it acts, in microseconds, without the worker. The task is
 * known at once, so that the very first call is checked against it.
 */
export function createGuard(
  { cwd, task }: Pick<RunFacts, 'cwd' | 'task'>,
  instructionFiles: ObserverConfig['instructionFiles'] = 'remind',
): Guard {
  const ledger = createLedger(cwd);
  let words: string[] = [];
  /** Files that were there before the agent wrote them: they are not its own, whatever it wrote since. */
  const existed = new Set<string>();
  const lifted = new Set<string>();
  const known = new WeakSet<Note>();
  const tried = new Set<string>();
  let hasChanged = false;

  function exists(path: string): boolean {
    return existsSync(resolve(cwd, path));
  }

  /** A repository may itself lie in a folder for scratch files, so its own paths are given from its root. */
  function fromHere(target: Target): Target {
    if (target.kind === 'path') return { ...target, path: target.path.replace(`${cwd}/`, '') };
    return target.kind === 'command' ? { ...target, command: target.command.replaceAll(`${cwd}/`, '') } : target;
  }

  function noteExisting(targets: readonly Target[]): void {
    if (existed.size >= maxPaths || ledger.constraints().length === 0) return;
    for (const target of targets)
      if (target.kind === 'path' && exists(target.path)) existed.add(resolve(cwd, target.path));
  }

  function describe(breach: Breach, step: number): CallBreach {
    const { rule, source } = breach.constraint;
    const mayRefuse = source === 'user' || (instructionFiles === 'refuse' && source !== restatedSource);
    const described = describeBreach(breach, step, mayRefuse && !isVague(rule));
    const isAgain = tried.has(described.signal.key);
    if (tried.size < maxPaths) tried.add(described.signal.key);
    return { ...described, isAgain };
  }

  function readText(text: string, source: string): readonly Constraint[] {
    const before = ledger.constraints().length + ledger.advice().length;
    const found = ledger.readConstraints(text, source);
    hasChanged ||= found.length > 0 || ledger.constraints().length + ledger.advice().length !== before;
    return found;
  }

  readText(task, 'user');

  const lines = (): readonly string[] => [
    ...ledger.constraints().map(({ quote, source }) => `“${quote}” (${source})`),
    ...ledger.advice().map(({ quote, source }) => `“${quote}” (${source})`),
    ...words.map((text) => `“${text}” (user)`),
  ];

  return {
    readConstraints: (note) => {
      if (note.from !== 'user' || known.has(note)) return;
      known.add(note);
      readText(note.text, 'user');
    },
    instruct: ({ text, source }) => {
      readText(text, source);
    },
    check: (targets, step) => {
      noteExisting(targets);
      const [breach] = ledger.check(targets.map(fromHere), exists);
      return breach === undefined ? undefined : describe(breach, step);
    },
    expect: (call, targets) => {
      const content = contentArgument(call.input);
      if (content === '') return;
      for (const target of targets.map(fromHere))
        if (target.kind === 'path' && target.access === 'write') ledger.expect(target.path, content);
    },
    learn: (step) => {
      if (ledger.constraints().length === 0) return;
      for (const call of step.calls) {
        const targets = targetsOf(call).filter(
          (target) => target.kind !== 'path' || !existed.has(resolve(cwd, target.path)),
        );
        ledger.learn(targets.map(fromHere), contentOf(call), call.output, call.isError);
      }
    },
    constraints: ledger.constraints,
    advice: () => [...ledger.advice(), ...words.map((quote) => ({ quote, source: 'user' }))],
    prohibitions: () => [
      ...new Set(
        [...ledger.constraints().filter(({ rule }) => rule.type !== 'read-only'), ...ledger.advice()]
          .filter(({ source }) => source === 'user')
          .map(({ quote }) => quote),
      ),
    ],
    lift: (id) => {
      lifted.add(id);
      ledger.lift(id);
      words = words.filter((text) => `advice:${text}` !== id);
      hasChanged = true;
    },
    add: (text) => {
      const found = readText(text, 'user');
      const isAdvice = ledger.advice().some(({ quote }) => text.includes(quote));
      if (found.length === 0 && !isAdvice && words.length < maxWords) words.push(text.slice(0, 300));
      hasChanged = true;
      return found;
    },
    addRestated: (quote, restated) => {
      const known = new Set(ledger.constraints().map(({ id }) => id));
      const fresh = extractConstraints(restated, 'user').filter(({ id }) => !known.has(id) && !lifted.has(id));
      for (const constraint of fresh) ledger.add({ ...constraint, source: restatedSource, quote: quote.slice(0, 200) });
      hasChanged ||= fresh.length > 0;
    },
    takeLines: () => {
      if (!hasChanged) return undefined;
      hasChanged = false;
      return lines();
    },
    lines,
  };
}

/**
 * Only the user's own words, understood by code as a whole, keep a call from acting; an instruction file and what the judge made of the
 * user's words lead to a reminder. Words against new files are seldom meant as strictly as they are said: the judge reads them.
 */
function describeBreach({ constraint, what }: Breach, step: number, isFirm: boolean): Omit<CallBreach, 'isAgain'> {
  const touched = what.slice(0, 120);
  return {
    signal: makeSignal({
      detector: 'constraint',
      class: 'did-not-follow-instructions',
      step,
      confidence: isVague(constraint.rule) ? 0.6 : isFirm ? 0.95 : 0.8,
      evidenceSteps: [step],
      evidence: `${nameSource(constraint.source)} “${constraint.quote}”, and this touches ${touched}`,
      streak: `${constraint.id}:${touched}`,
    }),
    refusal: {
      output: loadPrompt('refusals/broken-constraint', {
        quote: constraint.quote,
        source: nameSource(constraint.source),
        touched,
      }),
    },
    isFirm,
  };
}

/** Whose words these are, as the beginning of a sentence: the user's in this conversation, or those of an instruction file. */
export function nameSource(source: string): string {
  return source === 'user' || source === restatedSource ? 'the user said' : `${source} says`;
}
