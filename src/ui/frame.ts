import type { AppState } from './app-state.ts';
import type { Choice } from './choice.ts';
import { drawCompletion } from './completion.ts';
import type { ScreenDeps } from './deps.ts';
import { drawLiveCall } from './draw-call.ts';
import { type Drawn, drawComposer } from './draw-composer.ts';
import { drawLive } from './draw-live.ts';
import { drawStatus } from './draw-status.ts';
import type { Look } from './look.ts';
import type { Panel } from './panel.ts';
import { type Line, span, truncateLine } from './span.ts';

/** Rows below a long answer that must stay visible: composer, status, activity. */
export const composerReserve = 8;

/** The live region: what is going on, then a panel or the composer, then the status line. Always lower than the screen. */
export function drawFrame(
  state: AppState,
  panel: Panel | undefined,
  isFull: boolean,
  isAnswering: boolean,
  deps: ScreenDeps,
  at: number,
): Drawn {
  const { look, view } = state;
  const maxRows = Math.max(3, look.rows - 1);
  if (panel && isFull) return limit(panel.draw(look, maxRows), maxRows, look);
  const status = drawStatus(
    view,
    { branch: deps.info.branch, contextWindow: deps.session.contextWindow?.() ?? deps.info.contextWindow },
    look,
  );
  const lower = panel
    ? panel.draw(look, Math.max(6, maxRows - 3))
    : state.question
      ? drawQuestion(state, state.question, isAnswering, maxRows)
      : drawInput(state, look, maxRows);
  const room = maxRows - lower.lines.length - 1;
  const upper = room > 1 ? drawUpper(state, look, at, room, state.question !== undefined) : [];
  const lines = [...upper, ...lower.lines, status];
  return limit(
    { lines, ...(lower.cursor ? { cursor: { x: lower.cursor.x, y: lower.cursor.y + upper.length } } : {}) },
    maxRows,
    look,
  );
}

/** A question that waits stands above the composer, which keeps the keys; one that has them takes its place, unless words stand there. */
function drawQuestion(state: AppState, question: Choice, isAnswering: boolean, maxRows: number): Drawn {
  const { look } = state;
  const hasDraft = state.composer.buffer.text !== '';
  if (isAnswering && !hasDraft) return question.draw(look, Math.max(6, maxRows - 3));
  const input = drawInput(state, look, Math.max(6, Math.min(10, Math.floor(maxRows / 3))));
  const asked = question.draw(look, Math.max(6, maxRows - input.lines.length - 2), isAnswering ? undefined : 'waits');
  const lines = [...asked.lines, ...input.lines];
  if (isAnswering) return { lines, ...(asked.cursor ? { cursor: asked.cursor } : {}) };
  return {
    lines,
    ...(input.cursor ? { cursor: { x: input.cursor.x, y: input.cursor.y + asked.lines.length } } : {}),
  };
}

function drawInput(state: AppState, look: Look, maxRows: number): Drawn {
  const below = drawBelow(state, look);
  const placeholder = state.isRunning
    ? 'Enter sends this at the next step'
    : 'Ask for something, / for commands, @ for files, ! for a shell command';
  const drawn = drawComposer(state.composer, look, Math.max(1, Math.min(12, maxRows - below.length - 4)), placeholder);
  return { lines: [...drawn.lines, ...below], ...(drawn.cursor ? { cursor: drawn.cursor } : {}) };
}

function drawBelow(state: AppState, look: Look): Line[] {
  if (state.completion) return drawCompletion(state.completion, look, Math.max(2, Math.floor(look.rows / 3)));
  return state.hint ? [truncateLine([span(state.hint.text, 'warn')], look.columns)] : [];
}

function drawUpper(state: AppState, look: Look, at: number, room: number, isAsking: boolean): Line[] {
  const shell = state.shell ? drawShell(state.shell, look, at) : [];
  const live = drawLive(state.view, look, at, Math.max(1, room - shell.length - 1), isAsking);
  const rows = [...live, ...shell];
  return rows.length > 0 ? [[], ...rows].slice(-room) : [[]];
}

function drawShell(shell: NonNullable<AppState['shell']>, look: Look, at: number): Line[] {
  const call = {
    callId: '',
    name: '!',
    title: shell.command,
    input: {},
    startedAt: shell.startedAt,
    output: shell.output,
  };
  return drawLiveCall(call, look, at, look.glyphs.call, 8);
}

/** Never higher than the screen: the lowest rows are the ones that matter. */
function limit(drawn: Drawn, maxRows: number, look: Look): Drawn {
  const lines = drawn.lines.map((line) => truncateLine(line, look.columns, look.glyphs.ellipsis));
  const cut = Math.max(0, lines.length - maxRows);
  if (cut === 0) return { ...drawn, lines };
  const cursor = drawn.cursor && drawn.cursor.y >= cut ? { x: drawn.cursor.x, y: drawn.cursor.y - cut } : undefined;
  return { lines: lines.slice(cut), ...(cursor ? { cursor } : {}) };
}
