import { isObject, parseJson } from '../core/text/json.ts';
import type { JsonObject } from '../core/types.ts';
import type { Hook, HookEvent, HookOwner } from './hook-settings.ts';
import type { HookRun } from './run-hook.ts';

/** What hooks say at one point of a session, all of them together. */
export type HookAnswer = {
  /** `block`: the call must not run, the prompt is not taken, the turn does not end, the context is not compacted. */
  readonly decision?: 'block' | 'ask' | 'allow';
  readonly reason: string;
  /** Words for the model. */
  readonly context: string;
  /** Other arguments for the call, named as the hook's form names them. */
  readonly updatedInput?: JsonObject;
  /** The whole run ends, for this reason. */
  readonly stop?: string;
  /** Words for the user: what a hook wants them to see, and what is wrong with one. */
  readonly messages: readonly string[];
};

/** What hooks say together, and for each part whose they are, as the subject of a sentence ("A hook of the user"). */
export type JoinedAnswer = HookAnswer & {
  readonly by: Readonly<Record<'decision' | 'context' | 'updatedInput' | 'stop', string>>;
};

/** A no, and whose hook said it, as the subject of a sentence. */
export type HookRefusal = { readonly by: string; readonly reason: string };

const emptyAnswer: HookAnswer = { reason: '', context: '', messages: [] };

const maxWordsLength = 10_000;

/** What one hook's end means. */
export function readHookAnswer(hook: Hook, run: HookRun): HookAnswer {
  const answer = readEnd(hook, run);
  if (run.wants === undefined) return answer;
  return {
    ...answer,
    messages: [...answer.messages, `The hook \`${hook.command}\` ran in the sandbox and ${run.wants}.`],
  };
}

function readEnd(hook: Hook, run: HookRun): HookAnswer {
  const words = wordsOf(run.stderr);
  if (run.code === null) return broken(hook, `${run.failure ?? 'failed'}${words && `: ${words}`}`, run);
  if (run.code === 2) return refuse(hook, words || `the hook \`${hook.command}\` said no.`);
  if (run.code !== 0) return readFailure(hook, run.code, words, run);
  return hook.form === 'plain' ? emptyAnswer : readOutput(hook, run.stdout.trim());
}

/** 126 and 127 are the shell's own: there is no such program, or it can't be run. */
function readFailure(hook: Hook, code: number, words: string, run: HookRun): HookAnswer {
  const what = `ended with ${code}${words ? `: ${words}` : '.'}`;
  const isGuardGone = code === 126 || code === 127;
  return hook.form === 'plain' && !isGuardGone
    ? { ...emptyAnswer, messages: [complain(hook, what, run)] }
    : broken(hook, what, run);
}

/** A guard that is broken guards nothing, so what it should have checked does not happen. Elsewhere it is reported to the user, and that is all. */
function broken(hook: Hook, what: string, run?: HookRun): HookAnswer {
  const messages = [complain(hook, what, run)];
  if (hook.event !== 'PreToolUse') return { ...emptyAnswer, messages };
  return {
    ...emptyAnswer,
    decision: 'block',
    reason: `${complain(hook, what)} The call is refused, because a broken guard could not check it.`,
    messages,
  };
}

/** In words for the user, who alone can let one out, it is given with its run. */
function complain({ command }: Hook, what: string, run?: HookRun): string {
  const way = run?.isHeld ? ' It ran in the sandbox; `"sandbox": false` in your own configuration lets it out.' : '';
  return `The hook \`${command}\` ${/[.!?]$/.test(what) ? what : `${what}.`}${way}`;
}

const blocking: readonly HookEvent[] = [
  'PreToolUse',
  'PostToolUse',
  'UserPromptSubmit',
  'Stop',
  'SubagentStop',
  'PreCompact',
];

function refuse(hook: Hook, words: string): HookAnswer {
  if (!blocking.includes(hook.event) || (hook.form === 'plain' && hook.event !== 'PreToolUse'))
    return { ...emptyAnswer, messages: [complain(hook, `ended with 2: ${words}`)] };
  return { ...emptyAnswer, decision: 'block', reason: words };
}

function readOutput(hook: Hook, stdout: string): HookAnswer {
  if (!stdout.startsWith('{')) {
    const isContext = hook.event === 'UserPromptSubmit' || hook.event === 'SessionStart';
    return isContext ? { ...emptyAnswer, context: wordsOf(stdout) } : emptyAnswer;
  }
  const output = parseJson(stdout);
  if (!isObject(output)) return broken(hook, 'printed JSON that is not valid');
  const own = isObject(output.hookSpecificOutput) ? output.hookSpecificOutput : {};
  const decision = readDecision(own.permissionDecision ?? output.permissionDecision ?? output.decision);
  const stopReason = textOf(output.stopReason) || `the hook \`${hook.command}\` ended the run.`;
  const context = textOf(own.additionalContext) || textOf(output.additionalContext);
  const updated = own.updatedInput ?? output.updatedInput;
  return {
    reason: textOf(own.permissionDecisionReason) || textOf(output.permissionDecisionReason) || textOf(output.reason),
    context,
    messages: [textOf(output.systemMessage)].filter(Boolean),
    ...(decision === undefined ? {} : { decision }),
    ...(isObject(updated) ? { updatedInput: updated } : {}),
    ...(output.continue === false ? { stop: stopReason } : {}),
  };
}

function readDecision(value: unknown): HookAnswer['decision'] {
  if (value === 'deny' || value === 'block') return 'block';
  if (value === 'ask') return 'ask';
  return value === 'allow' || value === 'approve' ? 'allow' : undefined;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? wordsOf(value) : '';
}

/** A carriage return ends a line here: as a terminal takes it, it would hide the words before it, and whose they are. */
function wordsOf(text: string): string {
  return text.slice(0, maxWordsLength).replace(/\r\n?/g, '\n');
}

type OwnedAnswer = { readonly owner: HookOwner; readonly answer: HookAnswer };

/** Several answers as one: the strictest decides, words add up. */
export function joinAnswers(given: readonly OwnedAnswer[]): JoinedAnswer {
  const order = ['block', 'ask', 'allow'] as const;
  const decision = order.find((each) => given.some(({ answer }) => answer.decision === each));
  const deciding = given.filter(({ answer }) => answer.decision === decision);
  const speaking = given.filter(({ answer }) => answer.context !== '');
  const updating = given.findLast(({ answer }) => answer.updatedInput !== undefined);
  const stopping = given.find(({ answer }) => answer.stop !== undefined);
  return {
    reason: deciding.flatMap(({ answer }) => (answer.reason === '' ? [] : [answer.reason])).join(' '),
    context: speaking.map(({ answer }) => answer.context).join('\n\n'),
    messages: given.flatMap(({ answer }) => answer.messages),
    ...(decision === undefined ? {} : { decision }),
    ...(updating?.answer.updatedInput === undefined ? {} : { updatedInput: updating.answer.updatedInput }),
    ...(stopping?.answer.stop === undefined ? {} : { stop: stopping.answer.stop }),
    by: {
      decision: nameOwners(deciding),
      context: nameOwners(speaking),
      updatedInput: nameOwners(updating ? [updating] : []),
      stop: nameOwners(stopping ? [stopping] : []),
    },
  };
}

function nameOwners(answers: readonly OwnedAnswer[]): string {
  const has = (wanted: HookOwner) => answers.some(({ owner }) => owner === wanted);
  if (!has('repository')) return 'A hook of the user';
  return has('user') ? 'A hook of the user, and one of this repository,' : 'A hook of this repository';
}
