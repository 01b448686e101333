import { neutralize } from '../core/neutralize.ts';
import { clip } from '../core/text.ts';
import type { ObservedCall, ObservedStep } from './observed.ts';

/** Steps shown whole (each part clipped), and older ones shown in one line each. */
const wholeSteps = 10;
const lineSteps = 120;
const userTextLimit = 8000;
const answerLimit = 1500;
/** The last words are where claims and endings are. */
const lastAnswerLimit = 5000;
const inputLimit = 1200;
const outputLimit = 1200;
const lineLimit = 160;

/** A bounded account of a run for the judge and the adviser. */
export type Digest = {
  readonly add: (step: ObservedStep) => void;
  readonly setLedger: (lines: readonly string[]) => void;
  /** The account as it stands; everything in it is fenced as data. */
  readonly text: () => string;
  /** Whether the quote stands in the account, white space aside. */
  readonly contains: (quote: string) => boolean;
  readonly lastIndex: () => number;
};

/** `fence` is a word that the data can't know, so that nothing in it can close its own fence. */
export function createDigest(task: string, fence: string): Digest {
  const userTexts: string[] = [];
  const lines: string[] = [];
  let recent: ObservedStep[] = [];
  let ledger: readonly string[] = [];

  function body(): string {
    const last = recent.length - 1;
    const whole = recent.map((step, at) => describeStep(step, at === last ? lastAnswerLimit : answerLimit));
    return [...lines, ...whole].join('\n');
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
      lines.push(...recent.slice(0, -wholeSteps).map(describeInLine));
      recent = recent.slice(-wholeSteps);
      if (lines.length > lineSteps) lines.splice(0, lines.length - lineSteps);
    },
    setLedger: (entries) => {
      ledger = entries;
    },
    text: () => {
      const constraints =
        ledger.length > 0 ? ledger.map((line) => `- ${clean(line, 500)}`).join('\n') : '(none was found)';
      return [
        fenced(`user-words-${fence}`, words().join('\n')),
        fenced(`constraints-${fence}`, constraints),
        fenced(`transcript-${fence}`, body()),
      ].join('\n\n');
    },
    contains: (quote) => {
      const wanted = squeeze(quote);
      return wanted.length >= 4 && squeeze(`${body()}\n${words().join('\n')}`).includes(wanted);
    },
    lastIndex: () => recent.at(-1)?.index ?? -1,
  };
}

function fenced(name: string, text: string): string {
  return `<${name}>\n${text}\n</${name}>`;
}

function describeStep(step: ObservedStep, textLimit: number): string {
  const said = [
    step.reasoning === '' ? '' : `thought: ${clean(step.reasoning, answerLimit)}`,
    step.text === '' ? '' : `said: ${clean(step.text, textLimit)}`,
  ];
  return [`[step ${step.index}]`, ...said, ...step.calls.map(describeCall)].filter((part) => part !== '').join('\n');
}

function describeCall({ name, input, output, isError, errorKind }: ObservedCall): string {
  const status = isError ? `failed${errorKind === undefined ? '' : ` (${errorKind})`}` : 'ok';
  return `called ${clean(name, 80)} ${clean(describeInput(input), inputLimit)}\n${status}: ${clean(output, outputLimit)}`;
}

/** Arguments as text and not as JSON, so that they can be read and quoted as they are. */
function describeInput(input: ObservedCall['input']): string {
  const parts = Object.entries(input).map(
    ([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return parts.join('\n');
}

function describeInLine(step: ObservedStep): string {
  const acts = step.calls.map(({ name, input, output, isError }) => {
    const first = output.split('\n', 20).find(isTelling)?.trim() ?? '';
    return `${name} ${JSON.stringify(input).slice(0, 140)} -> ${isError ? 'failed: ' : ''}${first.slice(0, 60)}`;
  });
  const text = acts.length > 0 ? acts.join(' | ') : `said: ${step.text}`;
  return clean(`[step ${step.index}] ${text.replace(/\s+/g, ' ')}`, lineLimit + 100 * Math.min(acts.length, 4));
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
