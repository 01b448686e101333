import type { JsonObject } from '../../core/types.ts';
import { asksState, saysPending } from '../shell/asks-state.ts';
import { kindOfCommand, type ShellKind, strongestKind } from '../shell/classify-command.ts';
import { readCommands, type SimpleCommand } from '../shell/simple-commands.ts';
import { commandArgument, pathArgument } from './files/argument-names.ts';
import { hashText } from './hash.ts';
import type { NormalizedCall } from './normalized-step.ts';
import { type CallFailure, failureOf } from './results/failure.ts';
import { type ResultText, resultText } from './results/result-text.ts';

/** What all detectors ask of a call; computed once a call. */
export type CallFeatures = {
  /** Same tool, same arguments: same key, whatever their order and wording (descriptions and time-outs left out). */
  readonly key: number;
  readonly result: ResultText;
  readonly isEmptyResult: boolean;
  readonly failure: CallFailure | undefined;
  /** The shell line of a shell call. */
  readonly command: string | undefined;
  readonly shell: ShellKind | undefined;
  /** Its simple commands. */
  readonly commands: readonly SimpleCommand[];
  /** The file a read, edit or write names. */
  readonly path: string | undefined;
  /** Changed the world and succeeded: an edit, a write or a changing shell line. */
  readonly isChange: boolean;
  /** Only looks: a read, a search, an inspecting shell line. */
  readonly isLook: boolean;
  /** Waits for something that runs by itself, or for a server that is busy. */
  readonly isPoll: boolean;
  /** Asks for a state that others change, or got the answer that it is not there yet: the same answer again says nothing. */
  readonly asksState: boolean;
};

const cache = new WeakMap<NormalizedCall, CallFeatures>();

/** The features of a call. */
export function featuresOf(call: NormalizedCall): CallFeatures {
  const known = cache.get(call);
  if (known !== undefined) return known;
  const features = computeFeatures(call);
  cache.set(call, features);
  return features;
}

function computeFeatures(call: NormalizedCall): CallFeatures {
  const command = call.act === 'shell' ? commandArgument(call.input) : undefined;
  const commands = command === undefined ? [] : readCommands(command);
  const shell = command === undefined ? undefined : strongestKind(commands);
  const failure = failureOf(call);
  const isAsking =
    (shell !== 'change' && shell !== 'test' && commands.some(asksState)) ||
    (!call.isError &&
      (shell === 'run' || call.act === 'other') &&
      !taskList.test(call.name) &&
      saysPending(call.output));
  return {
    key: hashText(`${call.name}\u0000${canonicalInput(call.input)}`),
    result: resultText(call.loopKey ?? call.output),
    isEmptyResult: isNothing(call.output),
    failure,
    command,
    commands,
    shell,
    path: pathArgument(call.input),
    isChange:
      !call.isError && failure === undefined && (call.act === 'edit' || call.act === 'write' || shell === 'change'),
    isLook: call.act === 'read' || call.act === 'search' || shell === 'inspect',
    asksState: isAsking,
    isPoll:
      isAsking ||
      (shell !== undefined && shell !== 'inspect' && commands.some((part) => kindOfCommand(part) === 'wait')) ||
      saysBusy(call.output) ||
      /^(?:bash|task|shell|job|command|process)_?(?:output|status|result|poll|wait)|^(?:wait|poll|sleep|read_?output)/i.test(
        call.name,
      ),
  };
}

/** A list of tasks is a plan: an item of it that is "in progress" says nothing of a job that goes on by itself. */
const taskList =
  /(?:^|_)(?:todo|task|plan|board)s?_?(?:list|read|get|view|show)|(?:list|read|get)_?(?:todo|task|plan|board)s?$/i;

/** A server that asks to come back later, or a job that goes on. */
function saysBusy(output: string): boolean {
  return output.length < 600 && (busy.test(output) || stillRuns.test(output));
}

const busy = /\b(?:429|503|too many requests|rate.?limit|overloaded|service unavailable|try again (?:later|in))\b/i;
const stillRuns =
  /\b(?:process|command|job|task|shell|build|workflow|deployment)\b[^.\n]{0,40}\b(?:running|in progress|queued|pending)\b|\bstill (?:running|in progress|pending|queued|waiting)\b/i;

/** Arguments that say nothing about what the call does. */
const cosmetic = new Set([
  'description',
  'explanation',
  'reason',
  'reasoning',
  'thought',
  'timeout',
  'timeout_ms',
  'security_risk',
  'toolSummary',
  'toolAction',
]);

function canonicalInput(input: JsonObject): string {
  return Object.keys(input)
    .filter((key) => !cosmetic.has(key))
    .sort()
    .map((key) => `${key}=${canonicalValue(input[key])}`)
    .join('\u0001');
}

function canonicalValue(value: unknown): string {
  if (typeof value === 'string') return value.trim();
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map(canonicalValue).join(',')}]`;
  return `{${Object.entries(value)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, inner]) => `${key}:${canonicalValue(inner)}`)
    .join(',')}}`;
}

/** Whether a result says nothing: empty, or the sentence of a harness for empty. */
function isNothing(output: string): boolean {
  if (output.length > 160) return false;
  const bare = output.replace(/<\/?\w+>|returncode|\[?exit code:? ?\d+\]?|\d+/gi, '').trim();
  return (
    bare === '' ||
    /^\(?(?:no output|none|null|\w+ completed with no output|your command ran successfully and did not produce any output\.?|no (?:matches|files|results) found\.?|(?:tool|command) (?:ran|executed) .{0,40}(?:no|without)(?: any)? output.{0,40})\)?\.?$/i.test(
      bare,
    )
  );
}
