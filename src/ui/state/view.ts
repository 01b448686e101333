import type { RunResult } from '../../core/run/run-result.ts';
import type {
  ApprovalMode,
  Compaction,
  Episode,
  JsonObject,
  ObserverHealth,
  ObserverMode,
  Reminder,
  Signal,
  Suppressed,
  ToolResult,
  Usage,
  Verdict,
} from '../../core/types.ts';
import { noUsage } from '../../core/types.ts';
import type { Draft } from '../input/composer.ts';
import type { ScreenInfo } from '../screen-deps.ts';

/** Something finished that the screen prints once, in this order. */
export type Item =
  | { readonly kind: 'user'; readonly text: string; readonly images: number; readonly step: number }
  /** `after`: the item before it is an earlier part of the same answer, and this is how that was cut. */
  | { readonly kind: 'text'; readonly markdown: string; readonly after?: Rest }
  | { readonly kind: 'reasoning'; readonly text: string; readonly ms: number }
  | { readonly kind: 'call'; readonly call: FinishedCall }
  | { readonly kind: 'reminder'; readonly reminder: Reminder }
  | { readonly kind: 'recovery'; readonly episode: Episode }
  | { readonly kind: 'compaction'; readonly compaction: Compaction }
  | { readonly kind: 'notice'; readonly level: 'info' | 'good' | 'warn' | 'bad'; readonly text: string }
  | {
      readonly kind: 'shell';
      readonly command: string;
      readonly output: string;
      readonly exitCode: number | null;
      /** By the user, before its end. */
      readonly isStopped: boolean;
      readonly ms: number;
    }
  | { readonly kind: 'shown'; readonly markdown: string }
  | ({ readonly kind: 'welcome' } & Welcome)
  | {
      readonly kind: 'result';
      readonly result: RunResult;
      readonly steps: number;
      readonly declined: number;
      readonly usage: Usage;
      readonly ms: number;
    };

type Run = {
  readonly usage: Usage;
  readonly steps: number;
  readonly declined: number;
  readonly startedAt: number;
};

/** What the first lines say about the session. */
export type Welcome = Pick<ScreenInfo, 'version' | 'model' | 'cwd'> & { readonly branch?: string | undefined };

export type FinishedCall = {
  readonly title: string;
  readonly name: string;
  readonly input: JsonObject;
  readonly result: ToolResult;
  /** It ran in the background of a session that was closed. */
  readonly isPast?: true;
};

export type LiveCall = {
  readonly callId: string;
  readonly name: string;
  readonly title: string;
  readonly input: JsonObject;
  readonly startedAt: number;
  /** The last part of what it printed. */
  readonly output: string;
  readonly result?: ToolResult;
};

/** How the rest of an answer follows what was printed of it: `isTight` with no empty row between, `fence` the line that opens its code block again. */
export type Rest = { readonly isTight: boolean; readonly fence?: string };

/** What is going on right now, below what is finished. */
export type Live = {
  readonly phase: 'idle' | 'waiting' | 'thinking' | 'writing' | 'tools';
  readonly startedAt: number;
  readonly text: string;
  /** Characters of `text` that were printed already, since they no longer fitted the live region. */
  readonly printed: number;
  /** How the rest goes on: inside a code block (its fence is opened again) or directly below what was printed. */
  readonly rest: Rest;
  /** What was printed of an answer that a retry made void, until the new answer was compared with it. */
  readonly void: string;
  readonly reasoning: string;
  readonly reasoningStartedAt: number;
  readonly calls: readonly LiveCall[];
  readonly retry: { readonly attempt: number; readonly reason: string; readonly until: number } | undefined;
};

/** What the observer did, for the status line and the timeline. Times are steps. */
export type WatchView = {
  readonly mode: ObserverMode;
  readonly health: ObserverHealth;
  readonly lostReason?: string;
  readonly judgeCalls: number;
  /** Part of `judgeCalls` and `usage`: what was paid before a rewind, after which the observer counts from 0. */
  readonly earlier: { readonly judgeCalls: number; readonly usage: Usage };
  /** The turn is over, and its review goes on. */
  readonly isReviewing: boolean;
  readonly usage: Usage;
  readonly signals: readonly Signal[];
  readonly verdicts: readonly Verdict[];
  readonly suppressed: readonly Suppressed[];
  readonly reminders: readonly Reminder[];
  /** Closed episodes, and open ones as far as reminders show them. */
  readonly episodes: readonly Episode[];
  /** How many steps there were: one a cell. */
  readonly steps: number;
  readonly cells: readonly StepCell[];
};

export type StepCell = {
  readonly index: number;
  readonly failed: number;
  readonly changed: boolean;
};

/** A message on its way to the next step: as the model will get it, and as it stood in the composer. `ran` are words in front of it, of commands of the user's. */
export type QueuedDraft = {
  readonly text: string;
  readonly images: readonly string[];
  readonly draft: Draft;
  readonly ran?: string;
};

export type PlanItem = { readonly text: string; readonly state: 'open' | 'doing' | 'done' };

export type View = {
  readonly model: string;
  readonly cwd: string;
  readonly approval: ApprovalMode;
  readonly items: readonly Item[];
  readonly live: Live;
  readonly watch: WatchView;
  /** The agent's list of what to do, as it stood last. */
  readonly plan: readonly PlanItem[];
  /** Messages that the user sent while the agent worked and that no step has taken yet. */
  readonly queued: readonly QueuedDraft[];
  /** The user's words that are on the screen already and that the next step will bring again; `at` (ISO) is not known before they were taken. */
  readonly announced: readonly { readonly text: string; readonly at?: string }[];
  /** The whole session's use. */
  readonly usage: Usage;
  /** The use since the user's last prompt, the steps, and the calls that were declined. */
  readonly run: Run;
  /** Tokens in the window after the last step, as the server counted them. */
  readonly contextTokens: number;
  readonly result?: RunResult;
};

/** What the screen itself tells the reducer, in addition to the loop's events. */
export type Action =
  | { readonly type: 'screen.submit'; readonly text: string; readonly shown: string; readonly images: number }
  | { readonly type: 'screen.queue'; readonly queued: QueuedDraft }
  | { readonly type: 'screen.unqueue' }
  | { readonly type: 'screen.print'; readonly item: Item }
  /** The first `characters` of the live text leave the live region. */
  | { readonly type: 'screen.overflow'; readonly characters: number; readonly rest: Rest }
  | { readonly type: 'screen.approval'; readonly approval: ApprovalMode }
  | { readonly type: 'screen.model'; readonly model: string }
  | { readonly type: 'screen.wink'; readonly mode: ObserverMode }
  /** Another session's notes and steps are about to be played (resume, rewind). */
  | { readonly type: 'screen.reset' }
  /** After a rewind: what the session had cost before it, the steps that it took back included. */
  | { readonly type: 'screen.paid'; readonly usage: Usage; readonly judgeCalls: number; readonly judgeUsage: Usage };

export const idle: Live = {
  phase: 'idle',
  startedAt: 0,
  text: '',
  printed: 0,
  rest: { isTight: false },
  void: '',
  reasoning: '',
  reasoningStartedAt: 0,
  calls: [],
  retry: undefined,
};

/** What a session begins with. */
export const blank = {
  live: idle,
  plan: [],
  queued: [],
  announced: [],
  usage: noUsage,
  run: { usage: noUsage, steps: 0, declined: 0, startedAt: 0 },
  contextTokens: 0,
} as const satisfies Partial<View>;

/** The view before anything happened. */
export function createView(start: Welcome & Pick<ScreenInfo, 'approval' | 'mode'>): View {
  const { version, model, cwd, branch, approval, mode } = start;
  const welcome: Item = { kind: 'welcome', version, model, cwd, branch };
  return { ...blank, model, cwd, approval, items: [welcome], watch: emptyWatch(mode) };
}

export function emptyWatch(mode: ObserverMode): WatchView {
  return {
    mode,
    health: mode === 'off' ? 'off' : 'ok',
    isReviewing: false,
    judgeCalls: 0,
    earlier: { judgeCalls: 0, usage: noUsage },
    usage: noUsage,
    signals: [],
    verdicts: [],
    suppressed: [],
    reminders: [],
    episodes: [],
    steps: 0,
    cells: [],
  };
}
