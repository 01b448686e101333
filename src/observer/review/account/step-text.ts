import { neutralize } from '../../../core/text/neutralize.ts';
import { featuresOf } from '../../step/features.ts';
import type { NormalizedCall, NormalizedStep } from '../../step/normalized-step.ts';
import { describeChange, replacesEverywhere } from './change-text.ts';
import { readCheck, saysSomething } from './check-result.ts';
import { chooseLines } from './choose-lines.ts';

/** How much of a step is shown. */
export type Detail = 'line' | 'short' | 'last' | 'whole';

type TextLimits = { readonly words: number; readonly call: number; readonly change: number; readonly output: number };

/** Of what the program told the agent. */
const noticeLimits: Readonly<Record<Detail, number>> = { line: 110, short: 250, last: 400, whole: 700 };

const limits: Readonly<Record<Detail, TextLimits>> = {
  line: { words: 180, call: 110, change: 70, output: 110 },
  short: { words: 500, call: 300, change: 700, output: 350 },
  last: { words: 1500, call: 300, change: 700, output: 500 },
  whole: { words: 5000, call: 1200, change: 3000, output: 2000 },
};

/** Calls whose output is the same as one that is shown in the step given here. */
export type RepeatedOutputs = ReadonlyMap<NormalizedCall, number>;

/**
 * A step as the judge reads it: the agent's words, each call with what it changed, and what came of it. Where there is no room for all,
 * lines that name one of `terms` come first.
 */
export function describeStep(
  step: NormalizedStep,
  detail: Detail,
  terms: readonly string[] = [],
  repeated: RepeatedOutputs = new Map(),
): string {
  return detail === 'line' ? describeInLine(step) : describeInLines(step, detail, terms, repeated);
}

function describeInLine(step: NormalizedStep): string {
  const { words, call: callLimit, output } = limits.line;
  const said = step.text.trim() === '' ? [] : [`said “${start(step.text, words)}”`];
  const calls = step.calls.map((call) => `${start(nameCall(call), callLimit)} → ${outcomeOf(call, output)}`);
  const told = (step.notices ?? []).map((notice) => `was told “${start(notice, noticeLimits.line)}”`);
  return clean(`[step ${step.index}] ${[...told, ...said, ...calls].join(' | ')}`);
}

/** What an older step changed, in one line: the first lines that each edit takes out and puts in. */
export function describeChanges(step: NormalizedStep): string {
  const { call: callLimit, output } = limits.line;
  const calls = step.calls
    .filter((call) => call.act !== 'read' && call.act !== 'search')
    .map((call) => `${start(nameCall(call), callLimit)}${sidesOf(call)} → ${outcomeOf(call, output)}`);
  return clean(`[step ${step.index}] ${calls.join(' | ')}`);
}

/** What stands in a new file says little in one line. */
function sidesOf(call: NormalizedCall): string {
  if (call.act !== 'edit') return '';
  const lines = (describeChange(call) ?? '').split('\n').filter((line) => /^[-+].*\w/.test(line));
  const sides = [lines.find((line) => line.startsWith('-')), lines.find((line) => line.startsWith('+'))];
  const shown = sides.filter((line) => line !== undefined).map((line) => start(line, limits.line.change));
  return shown.length === 0 ? '' : ` (${shown.join(' ')})`;
}

function describeInLines(
  step: NormalizedStep,
  detail: Exclude<Detail, 'line'>,
  terms: readonly string[],
  repeated: RepeatedOutputs,
): string {
  const { words } = limits[detail];
  const thought =
    detail === 'whole' && step.reasoning !== '' ? [`thought: ${chooseLines(step.reasoning, 600, terms)}`] : [];
  const said = step.text.trim() === '' ? [] : [`said: ${chooseLines(step.text, words, terms)}`];
  const calls = step.calls.map((call) => describeCall(call, limits[detail], terms, repeated.get(call)));
  const told = (step.notices ?? []).map((notice) => `was told: ${chooseLines(notice, noticeLimits[detail], terms)}`);
  return clean([`[step ${step.index}]`, ...told, ...thought, ...said, ...calls].join('\n'));
}

function describeCall(
  call: NormalizedCall,
  room: TextLimits,
  terms: readonly string[],
  repeatedIn: number | undefined,
): string {
  const text = call.act === 'edit' || call.act === 'write' ? describeChange(call) : undefined;
  const named = `called ${chooseLines(text === undefined ? nameWhole(call) : nameCall(call), room.call, terms)}`;
  const changed = text === undefined ? [] : [chooseLines(text, room.change, terms)];
  const isPlain = text !== undefined && featuresOf(call).isChange && readCheck(call) === undefined;
  const output = repeatedIn === undefined ? outputOf(call, room.output, terms) : `(the output of step ${repeatedIn})`;
  const result = isPlain ? confirmationOf(call, text) : `${stateOf(call)}: ${output}`;
  return [named, ...changed, result].join('\n');
}

const plainLength = 300;

/** What a tool says of a change that worked says nothing, unless it shows more than the change. */
function confirmationOf({ output }: NormalizedCall, change: string): string {
  const lines = output.split('\n').filter((line) => line.trim().length > 8 && !change.includes(line.trim()));
  const warnings = lines.filter((line) => /\b(?:error|warning|failed|invalid|hook)\b/i.test(line)).join('\n');
  return warnings === '' ? 'ok' : `ok: ${warnings.slice(0, plainLength)}`;
}

/** What is enough of the limit for lines of a file that was read, and for a list of tests that passed. */
const lookShare = 0.6;
const passedShare = 0.25;
const passedLine = /^\s*(?:ok\b|PASS\b|[✓✔√]|--- PASS)|\bPASSED\b|\.\.\. ok$/;
const manyPassed = 8;

/** The output of a check with its summary, however long it is; of reading a file the lines that matter are enough. */
function outputOf(call: NormalizedCall, limit: number, terms: readonly string[]): string {
  const { isLook } = featuresOf(call);
  const check = readCheck(call);
  const isPassList =
    check?.color === 'green' && call.output.split('\n').filter((line) => passedLine.test(line)).length >= manyPassed;
  const share = isPassList ? passedShare : isLook && !call.isError ? lookShare : 1;
  const shown = chooseLines(call.output, Math.round(limit * share), terms);
  const missing = (check?.lines ?? []).filter((line) => !shown.includes(line));
  return missing.length === 0 ? shown : `${shown}\n${missing.join('\n')}`;
}

function outcomeOf(call: NormalizedCall, limit: number): string {
  const check = readCheck(call);
  if (check !== undefined)
    return `${check.doubt === 'cached' ? 'from cache' : check.color === 'unclear' ? stateOf(call) : check.color}: ${start(check.lines.join('; '), limit)}`;
  const { isChange, failure } = featuresOf(call);
  if (isChange && call.act !== 'shell') return 'ok';
  return `${stateOf(call)}: ${start(failure?.cause ?? firstLine(call.output), limit)}`;
}

function stateOf({ isError, errorKind }: NormalizedCall): string {
  return isError ? `failed${errorKind === undefined ? '' : ` (${errorKind})`}` : 'ok';
}

/** The tool with what it is about: a shell line, a path, a pattern. */
function nameCall(call: NormalizedCall): string {
  if (call.act === 'plan') return call.name;
  const { command, path } = featuresOf(call);
  const about = command ?? path ?? call.input.pattern ?? call.input.query ?? call.input.url;
  const named = `${call.name} ${typeof about === 'string' ? about.trim() : JSON.stringify(call.input)}`;
  return replacesEverywhere(call) ? `${named} (every occurrence)` : named;
}

/** Arguments as text and not as JSON, so that they can be read and quoted as they are. */
function nameWhole({ name, input }: NormalizedCall): string {
  const parts = Object.entries(input)
    .filter(([key]) => !/^(?:description|timeout\w*|run_in_background)$/.test(key))
    .map(([key, value]) => `${key}: ${typeof value === 'string' ? value : JSON.stringify(value)}`);
  return `${name} ${parts.join('\n')}`;
}

/** The first line that says something; one that only announces what follows it ends with a colon. */
function firstLine(output: string): string {
  const lines = output.split('\n', 20).filter(saysSomething);
  return (lines.find((line) => !line.trimEnd().endsWith(':')) ?? lines[0] ?? '(nothing)').trim();
}

function start(text: string, limit: number): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= limit ? line : `${line.slice(0, limit)}…`;
}

/** Data as the judge may see it: without forged tags and role markers. */
export function clean(text: string): string {
  return neutralize(text);
}
