import type { Event } from '../core/event.ts';
import type { AnswerOrBack, PutQuestion } from '../core/questions/agent-question.ts';
import type { ApprovalChoice, ApprovalRequest } from '../core/questions/approval.ts';
import type { CommitPlan } from '../core/run/commit-plan.ts';
import type { CompactEnd } from '../core/run/compact-end.ts';
import type { EditedAnswer, EditedSince, TakenBack } from '../core/run/taken-back.ts';
import type { KeyBindings } from '../core/screen/key-actions.ts';
import type { ResultView } from '../core/screen/result-view.ts';
import type { OwnThemes } from '../core/screen/theme-roles.ts';
import type { ApprovalMode, ObserverMode, Reminder } from '../core/types.ts';

/** Everything the screen needs, as plain values and callbacks. */
export type ScreenDeps = {
  readonly info: ScreenInfo;
  readonly session: SessionControl;
  readonly observer: ObserverControl;
  /** Registers for all events of the session, from now on; returns the way to stop. */
  readonly subscribe: (listener: (event: Event) => void) => () => void;
  /** The screen hands over its question functions once, before the first prompt. */
  readonly attach: (screen: ScreenQuestions) => void;
  /** Commands in addition to the screen's own: the user's Markdown files, MCP, prompts. Asked for when `/` is typed. */
  readonly commands: () => readonly SlashCommand[];
  /** Why a command that the user's files or the repository's have is not there, and what to do. */
  readonly explainMissing?: (name: string) => string | undefined;
  /** Names that `@` completes as well as files (MCP resources): filtered by the screen. */
  readonly mentions: () => Promise<readonly string[]>;
  /** The user's own status line; asked for at each paint. */
  readonly ownStatus?: { readonly text: () => string | undefined; readonly onChange: (listener: () => void) => void };
  /** Keeps the user's choice of a theme; without it the choice holds for this session. */
  readonly saveTheme: (theme: string) => Promise<void>;
};

export type ScreenInfo = {
  readonly version: string;
  readonly model: string;
  readonly cwd: string;
  readonly approval: ApprovalMode;
  readonly mode: ObserverMode;
  /** A theme's name, or `auto`. */
  readonly theme?: string;
  readonly themes?: OwnThemes;
  readonly hasReducedMotion?: boolean;
  /** Plain lines without cursor movement, for screen readers and dumb terminals. */
  readonly isPlain?: boolean;
  /** The composer has vim's modes. */
  readonly hasVim?: boolean;
  /** Keys that the user gave to actions. */
  readonly keys?: KeyBindings;
  /** false: no bell and no notification when it needs the user or is done. */
  readonly notifies?: boolean;
  /** $WINK_HOME: history.jsonl lives there. */
  readonly winkHome: string;
  /** Submitted at once. */
  readonly prompt?: string;
  /** Steps and notes of a resumed session, played back before the first prompt. */
  readonly history?: readonly Event[];
  /** Warnings from the start (configuration that was ignored, an untrusted folder). */
  readonly notices?: readonly string[];
};

export type SessionControl = {
  /** Starts a run with the user's words; resolves when it ended, and never rejects. Images are data URLs. */
  readonly submit: (text: string, images: readonly string[]) => Promise<void>;
  /** Ends the review of the last turn that goes on behind it; resolves when the turn is over for good. */
  readonly endReview: () => Promise<void>;
  /** Words for the running agent, taken at its next step. */
  readonly queue: (text: string, images: readonly string[]) => void;
  /** Takes back the words that no step has taken, those of the turn that has ended first; returns them in order. */
  readonly takeQueued: () => readonly string[];
  /** Stops the run; nothing goes on by itself afterwards. */
  readonly interrupt: () => void;
  readonly setApproval: (mode: ApprovalMode) => void;
  /** What is wrong with a permission rule, as a sentence; undefined when it can be granted. */
  readonly checkRule: (rule: string) => string | undefined;
  /** All permission rules in force; those granted in this session can be revoked. */
  readonly rules: () => readonly GrantedRule[];
  readonly revokeRule: (rule: string) => void;
  /** Writes the session as a page (`.html`) or as data (`.jsonl`). */
  readonly exportTo: (path: string) => Promise<void>;
  readonly aside: AsideControl;
  readonly memory: MemoryControl;
  readonly git: GitControl;
  /** Background commands of this session, those that have ended as well. */
  readonly jobs: () => readonly ShownJob[];
  readonly endJob: (id: string) => Promise<void>;
  /** Calls the listener whenever a background command has ended, also while the agent does nothing. */
  readonly onJobEnd: (listener: (end: JobEnd) => void) => void;
  /** Keeps a plan in a file; resolves to its path. */
  readonly keepPlan: (plan: string) => Promise<string>;
  /** Names behind `@` in a message that name no file. */
  readonly missingMentions: (text: string) => readonly string[];
  readonly setWinkMode: (mode: ObserverMode) => void;
  readonly id: () => string;
  /** The branch that is checked out now. */
  readonly branch: () => string | undefined;
  readonly listModels: () => Promise<readonly string[]>;
  readonly setModel: (model: string) => Promise<void>;
  /** The window of the current model in tokens. */
  readonly contextWindow: () => number | undefined;
  readonly contextParts: () => readonly ContextPart[];
  /** Resolves to false when there was nothing to gain. */
  readonly compact: (focus: string, signal: AbortSignal) => Promise<CompactEnd>;
  /** Without it no change of a file can be taken back. */
  readonly checkpoints?: CheckpointControl;
  readonly sessions: () => Promise<readonly ListedSession[]>;
  /** Goes on with a saved session; resolves to its events for playing back. */
  readonly resume: (id: string) => Promise<readonly Event[]>;
  /** Starts a new, empty session. */
  readonly clear: () => Promise<void>;
};

/** What commands made that acts by itself, and was set aside. */
export type AsideControl = {
  readonly list: () => readonly ListedAside[];
  /** All that is in it, line by line; undefined where that can't be shown. */
  readonly show: (place: string) => readonly string[] | undefined;
  /** Gives a sentence on what was done. */
  readonly moveBack: (place: string) => Promise<string>;
};

/** `name`: where it was; `place`: where it is; `at`: ISO time. */
export type ListedAside = { readonly name: string; readonly place: string; readonly at: string };

/** `words` say how a background command ended; absent where the user has seen it: they ended it, or a call on the screen says it. */
export type JobEnd = { readonly words?: string; readonly isFailed: boolean };

/** A background command. */
export type ShownJob = {
  readonly id: string;
  readonly command: string;
  /** Since it was started. */
  readonly ms: number;
  /** undefined while it runs; null when a signal ended it. */
  readonly exitCode: number | null | undefined;
  /** The end of what it printed. */
  readonly output: () => string;
};

/** What the session's file changes were, and the ways back. */
export type CheckpointControl = {
  /** What changed since the session began (or since the last commit), as views of kind diff. */
  readonly diff: () => Promise<readonly ResultView[]>;
  /** Takes back the file changes of the last turn; asks where somebody else has changed the same files, and gives a sentence on what was done. */
  readonly undo: (ask: AskEdited) => Promise<TakenBack>;
  readonly redo: (ask: AskEdited) => Promise<TakenBack>;
  /** Goes back to before the step; resolves to the events of what remains, and the words that stood there. */
  readonly rewind: (
    step: number,
    what: RewindKind,
  ) => Promise<{
    readonly history: readonly Event[];
    readonly words: string;
    /** Data URLs of the images that stood with the words. */
    readonly images?: readonly string[];
    readonly message: string;
  }>;
  /** What a rewind of files would change, one line a file. */
  readonly previewRewind: (step: number) => Promise<readonly string[]>;
};

/** Asks what shall become of files that were changed after the agent did. */
export type AskEdited = (edited: EditedSince) => Promise<EditedAnswer>;

/** Reviews and commits of the repository's changes. */
export type GitControl = {
  /** The task of a review; throws with a sentence when there is nothing to review. */
  readonly review: (argument: string) => string;
  /** What a commit would hold; throws with a sentence when there is nothing to commit. */
  readonly plan: () => Promise<CommitPlan>;
  /** A message by the model; `wish`: what the user wants of it. */
  readonly writeMessage: (draft: CommitPlan, wish: string, signal: AbortSignal) => Promise<string>;
  /** `watch`: its signal ends git and its hooks, `onOutput` is given all that they have printed so far. `wants`: what the sandbox kept them from, in words that follow "it". */
  readonly commit: (
    draft: CommitPlan,
    message: string,
    watch: { readonly signal: AbortSignal; readonly onOutput: (output: string) => void },
  ) => Promise<{ readonly isDone: boolean; readonly words: string; readonly wants?: string }>;
};

/** Lessons: rules of the user's that outlive the session, kept in an instruction file. */
export type MemoryControl = {
  /** Somebody's words as one lesson; empty when nothing is left of them. */
  readonly clean: (words: string) => string;
  /** What the user said in this session that sounds like a lasting rule and is not kept yet. */
  readonly candidates: () => readonly string[];
  /** A lesson to propose after a turn in which the user corrected the agent; each once. */
  readonly suggestion: () => string | undefined;
  readonly kept: () => readonly { readonly lesson: string; readonly owner: LessonOwner; readonly name: string }[];
  /** What keeping or removing would change in each file, as views of kind diff. */
  readonly preview: (
    lesson: string,
    what: 'keep' | 'remove',
  ) => Promise<readonly { readonly owner: LessonOwner; readonly name: string; readonly view: ResultView }[]>;
  /** Writes; gives a sentence on what was done. */
  readonly change: (lesson: string, owner: LessonOwner, what: 'keep' | 'remove') => Promise<string>;
};

export type LessonOwner = 'project' | 'user';

export type GrantedRule = {
  readonly effect: 'allow' | 'ask' | 'deny';
  readonly text: string;
  readonly origin: string;
  readonly canRevoke: boolean;
};

export type RewindKind = 'conversation' | 'files' | 'both';

export type ContextPart = { readonly label: string; readonly tokens: number };

export type ListedSession = {
  readonly id: string;
  /** ISO time of the last entry. */
  readonly at: string;
  readonly task: string;
  readonly steps: number;
  readonly outcome?: string;
};

export type ObserverControl = {
  readonly ledger: () => readonly LedgerLine[];
  /** The user takes a constraint back. */
  readonly lift: (id: string) => void;
  readonly add: (text: string) => string | undefined;
  /** A reminder, or the last one, was a false alarm; gives it, undefined when there isn't one. */
  readonly markWrong: (id?: string) => Reminder | undefined;
  /** `go-on`: the open episode is fine; `mute`: not again in this session. */
  readonly setDetector: (detector: string, setting: DetectorSetting) => void;
  readonly detectors: () => readonly { readonly name: string; readonly setting?: DetectorSetting }[];
};

export type DetectorSetting =
  | { readonly kind: 'go-on' }
  | { readonly kind: 'allow'; readonly more: number }
  | { readonly kind: 'mute' }
  | { readonly kind: 'watch' };

export type LedgerLine = {
  readonly id: string;
  readonly words: string;
  readonly source: string;
  readonly isLifted: boolean;
  /** Words that code can't check: they are given to the judge, and no call is refused for them. */
  readonly isAdvice?: boolean;
};

/** What the session may ask of the user; each question waits its turn, and an aborted signal takes it off the screen. */
export type ScreenQuestions = {
  readonly approve: (request: ApprovalRequest, signal: AbortSignal) => Promise<ApprovalChoice>;
  /** The model asks the user. */
  readonly answer: (asked: PutQuestion, signal: AbortSignal) => Promise<AnswerOrBack>;
  /** The ladder has reached the user. */
  readonly decide: (question: LadderQuestion, signal: AbortSignal) => Promise<LadderAnswer>;
};

export type LadderQuestion = {
  readonly class: string;
  readonly evidence: string;
  readonly evidenceSteps: readonly number[];
  readonly reminders: number;
  /** Going back to the step before the trouble is possible. */
  readonly canRewind: boolean;
};

/** Words to the model, files back to before the trouble, let it go on (and count from nothing), or stop. */
export type LadderAnswer =
  | { readonly kind: 'words'; readonly words: string }
  | { readonly kind: 'rewind' | 'go-on' | 'stop' };

/** A word that a command takes, with what it means. */
export type Suggestion = { readonly text: string; readonly detail?: string; readonly isCurrent?: boolean };

/** A slash command as data. */
export type SlashCommand = {
  readonly name: string;
  /** What others call it: typed, it is found by these, too. */
  readonly aliases?: readonly string[];
  /** A command of the user's of the same name takes its place. */
  readonly isReplaceable?: true;
  readonly help: string;
  /** What its arguments look like, e.g. `[on|shadow|off]`. */
  readonly hint?: string;
  readonly complete?: (argument: string) => readonly Suggestion[] | Promise<readonly Suggestion[]>;
  readonly run: (argument: string) => CommandAnswer | Promise<CommandAnswer>;
};

/** What a command wants the screen to do: show Markdown, submit words to the model, say what was done (`notice`) or why it was not (`refusal`). */
export type CommandAnswer =
  | { readonly show?: string; readonly submit?: string; readonly notice?: string; readonly refusal?: string }
  | undefined;
