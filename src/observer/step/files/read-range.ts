import { programWords } from '../../shell/program-words.ts';
import { featuresOf } from '../features.ts';
import type { NormalizedCall } from '../normalized-step.ts';

/** The lines of a file that a call reads, 1-based and inclusive; `to` is Infinity for "to the end". */
export type ReadRange = { readonly path: string; readonly from: number; readonly to: number };

/** Which lines of which file a call reads, whatever tool does it; undefined when it reads no one file. */
export function readRangeOf(call: NormalizedCall): ReadRange | undefined {
  const { path, shell, commands } = featuresOf(call);
  if (call.act === 'read' && path !== undefined) return { path, ...rangeOfInput(call) };
  if (shell !== 'inspect' || commands.some((command) => /^(?:e|f)?grep$|^rg$|^wc$/.test(command.words[0] ?? '')))
    return undefined;
  for (const command of commands) {
    const range = rangeOfCommand(programWords(command.words));
    if (range !== undefined) return range;
  }
  return undefined;
}

function rangeOfInput({ input }: NormalizedCall): { from: number; to: number } {
  const range = Array.isArray(input.view_range) ? input.view_range.map(Number) : rangeInText(input.raw);
  if (range !== undefined && range.length >= 2) return { from: range[0]!, to: range[1]! < 0 ? Infinity : range[1]! };
  const from = numberOf(input.offset ?? input.start_line ?? input.startline ?? input.start ?? input.line_start);
  const limit = numberOf(input.limit);
  const to = numberOf(input.end_line ?? input.endline ?? input.end ?? input.line_end);
  return { from: from ?? 1, to: to ?? (limit === undefined ? Infinity : (from ?? 1) + limit - 1) };
}

/** `--view_range 10 40`, as some agents keep their arguments in one text. */
function rangeInText(raw: unknown): number[] | undefined {
  const match = typeof raw === 'string' ? /--view_range[ =]+\[?(\d+)[, ]+(-?\d+)/.exec(raw.slice(-200)) : null;
  return match === null ? undefined : [Number(match[1]), Number(match[2])];
}

function rangeOfCommand(words: readonly string[]): ReadRange | undefined {
  const path = words.at(-1);
  if (path === undefined || words.length < 2 || path.startsWith('-')) return undefined;
  if (words[0] === 'cat' || words[0] === 'less') return { path, from: 1, to: Infinity };
  if (words[0] === 'head') return { path, from: 1, to: countOf(words) ?? 10 };
  if (words[0] !== 'sed') return undefined;
  const match = /^(\d+)(?:,(\d+|\$))?p$/.exec(words.find((word) => /^\d+(?:,(?:\d+|\$))?p$/.test(word)) ?? '');
  if (match === null) return undefined;
  const from = Number(match[1]);
  return { path, from, to: match[2] === undefined ? from : match[2] === '$' ? Infinity : Number(match[2]) };
}

function countOf(words: readonly string[]): number | undefined {
  const word = words.find(
    (candidate, at) => /^-n?\d+$/.test(candidate) || (words[at - 1] === '-n' && /^\d+$/.test(candidate)),
  );
  return word === undefined ? undefined : Number(word.replace(/^-n?/, ''));
}

function numberOf(value: unknown): number | undefined {
  const number = Number(value);
  return value === undefined || value === null || Number.isNaN(number) ? undefined : number;
}
