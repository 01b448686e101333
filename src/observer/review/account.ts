import { neutralize } from '../../core/neutralize.ts';
import { clip } from '../../core/text.ts';
import type { NormalizedCall, NormalizedStep } from '../step/normalized-step.ts';
import { createFindingHistory, type FindingHistory } from './finding-history.ts';

/** Steps shown whole (each part clipped), and older ones shown in one line each. */
const wholeSteps = 10;
const lineSteps = 120;
const userTextLimit = 8000;
const answerLimit = 1500;
/** The last words are where claims and endings are. */
const lastAnswerLimit = 5000;
const partLimit = 1200;
/** Arguments and output of the last step: what was just written or seen is what is judged. */
const lastPartLimit = 3000;
const lineLimit = 160;

/** A bounded account of a run for the judge and the adviser. */
export type Account = {
  readonly add: (step: NormalizedStep) => void;
  readonly setLedger: (lines: readonly string[]) => void;
  /** The account as it stands; everything in it is fenced as data. */
  readonly text: () => string;
  /** Where the quote stands in the account, white space aside. */
  readonly find: (quote: string) => LocatedQuote;
  readonly lastIndex: () => number;
  readonly hasConstraints: () => boolean;
  /** What is known beside the account. */
  readonly findingHistory: FindingHistory;
};

/** Where a quote stands: in the user's words or the constraints, and in which steps. */
export type LocatedQuote = { readonly isInWords: boolean; readonly steps: readonly number[] };

/** `fence` is a word that the data can't know, so that nothing in it can close its own fence. */
export function createAccount(task: string, fence: string): Account {
  const userTexts: string[] = [];
  const lines: Part[] = [];
  let recent: NormalizedStep[] = [];
  let ledger: readonly string[] = [];

  function parts(): readonly Part[] {
    const last = recent.length - 1;
    return [...lines, ...recent.map((step, at) => ({ index: step.index, text: describeStep(step, at === last) }))];
  }

  function constraints(): string {
    return ledger.map((line) => `- ${clean(line, 500)}`).join('\n');
  }

  /** The task comes first, also when the step that began with it is no longer at hand. */
  function words(): string[] {
    const first = clean(task, userTextLimit);
    return userTexts.some((text) => text.endsWith(first)) ? userTexts.slice(-40) : [first, ...userTexts.slice(-40)];
  }

  return {
    add: (step) => {
      for (const text of step.userTexts) userTexts.push(`before step ${step.index}: ${clean(text, userTextLimit)}`);
      recent.push(step);
      if (recent.length <= wholeSteps) return;
      lines.push(...recent.slice(0, -wholeSteps).map((old) => ({ index: old.index, text: describeInLine(old) })));
      recent = recent.slice(-wholeSteps);
      if (lines.length > lineSteps) lines.splice(0, lines.length - lineSteps);
    },
    setLedger: (entries) => {
      ledger = entries;
    },
    text: () =>
      [
        fenced(`user-words-${fence}`, words().join('\n')),
        fenced(`constraints-${fence}`, constraints() || '(none was found)'),
        fenced(`transcript-${fence}`, textOf(parts())),
      ].join('\n\n'),
    find: (quote) => {
      const wanted = squeeze(quote);
      if (wanted.length < 4) return { isInWords: false, steps: [] };
      return {
        isInWords: squeeze(`${words().join('\n')}\n${constraints()}`).includes(wanted),
        steps: parts().flatMap(({ index, text }) => (squeeze(text).includes(wanted) ? [index] : [])),
      };
    },
    lastIndex: () => recent.at(-1)?.index ?? -1,
    hasConstraints: () => ledger.length > 0,
    findingHistory: createFindingHistory(),
  };
}

type Part = { readonly index: number; readonly text: string };

function textOf(parts: readonly Part[]): string {
  return parts.map(({ text }) => text).join('\n');
}

function fenced(name: string, text: string): string {
  return `<${name}>\n${text}\n</${name}>`;
}

function describeStep(step: NormalizedStep, isLast: boolean): string {
  const limit = isLast && step.calls.length <= 2 ? lastPartLimit : partLimit;
  const said = [
    step.reasoning === '' ? '' : `thought: ${clean(step.reasoning, answerLimit)}`,
    step.text === '' ? '' : `said: ${clean(step.text, isLast ? lastAnswerLimit : answerLimit)}`,
  ];
  const calls = step.calls.map((call) => describeCall(call, limit));
  return [`[step ${step.index}]`, ...said, ...calls].filter((part) => part !== '').join('\n');
}

function describeCall({ name, input, output, isError, errorKind }: NormalizedCall, limit: number): string {
  const status = isError ? `failed${errorKind === undefined ? '' : ` (${errorKind})`}` : 'ok';
  return `called ${clean(name, 80)} ${clean(describeInput(input), limit)}\n${status}: ${clean(output, limit)}`;
}

/** Arguments as text and not as JSON, so that they can be read and quoted as they are. */
function describeInput(input: NormalizedCall['input']): string {
  const parts = Object.entries(input).map(
    ([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return parts.join('\n');
}

function describeInLine(step: NormalizedStep): string {
  const acts = step.calls.map(({ name, input, output, isError }) => {
    const shown = isError ? errorLine(output) : firstLine(output);
    return `${name} ${JSON.stringify(input).slice(0, 140)} -> ${isError ? 'failed: ' : ''}${shown.slice(0, 80)}`;
  });
  const text = acts.length > 0 ? acts.join(' | ') : `said: ${step.text}`;
  return clean(`[step ${step.index}] ${text.replace(/\s+/g, ' ')}`, lineLimit + 100 * Math.min(acts.length, 4));
}

/** The first line that says something; one that only announces what follows it ends with a colon. */
function firstLine(output: string): string {
  const lines = output.split('\n', 20).filter(isTelling);
  return (lines.find((line) => !line.trimEnd().endsWith(':')) ?? lines[0] ?? '').trim();
}

/** The last line that names an error: of a trace the one that says what was wrong. */
function errorLine(output: string): string {
  const named = output
    .slice(-4000)
    .split('\n')
    .findLast(
      (line) => isTelling(line) && /\b(?:\w*error|\w*exception|fail\w*|fatal|denied|not found|no such)\b/i.test(line),
    );
  return named?.trim() ?? firstLine(output);
}

/** A line of output that says something: no blank one, no bare exit code, no rule and no tag of a harness. */
function isTelling(line: string): boolean {
  return /[a-z0-9]{2}/i.test(line) && !/^\s*(?:exit code:? -?\d+|<\/?[a-z]+>.{0,8}|<returncode>.*)\s*$/i.test(line);
}

/** Data as the judge may see it: clipped, and without forged tags and role markers. */
function clean(text: string, limit: number): string {
  return neutralize(clip(text, limit, (omitted) => `${omitted} characters left out`));
}

/** White space, case, typographic quotes and the backslashes of JSON do not make a quote another one. */
function squeeze(text: string): string {
  return text
    .replace(/[\u2018\u2019]/g, "'")
    .replace(/[\u201c\u201d]/g, '"')
    .replace(/\\[nrt]|\\|\s+/g, '')
    .toLowerCase();
}
