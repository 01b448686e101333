import { sanitize } from '../core/sanitize.ts';
import { drawLiveCall } from './draw-call.ts';
import { drawMarkdownText } from './draw-items.ts';
import { duration, type Look, tokens } from './look.ts';
import { reopen } from './reduce.ts';
import { type Line, span, truncateLine } from './span.ts';
import type { Live, View } from './view.ts';
import { expandTabs, wrapText } from './wrap.ts';

/**
 * The rows between what is printed and the composer: what the agent is doing now, or that it waits for
 * an answer. At most `maxRows`.
 */
export function drawLive(view: View, look: Look, at: number, maxRows: number, isAsking = false): Line[] {
  const { live } = view;
  if (live.phase === 'idle') return [];
  const tail = [...drawQueued(view, look), drawActivity(live, view, look, at, isAsking)];
  const room = Math.max(1, maxRows - tail.length - 1);
  const body = [
    ...drawThinking(live, look),
    ...drawStreaming(live, look, room),
    ...drawCalls(live, look, at, room, isAsking),
  ].slice(-room);
  return [...body, ...(body.length > 0 ? [[]] : []), ...tail].slice(-maxRows);
}

/** Rows of the answer so far that were not printed yet. */
export function liveTextLines(live: Live, look: Look): Line[] {
  const rest = live.void === '' ? live.text.slice(live.printed) : '';
  return rest.trim() === '' ? [] : drawMarkdownText(reopen(live.rest) + rest, look);
}

function drawStreaming(live: Live, look: Look, room: number): Line[] {
  const lines = liveTextLines(live, look);
  return lines.length === 0 ? [] : live.rest.isTight ? lines.slice(-room) : [[], ...lines.slice(-room + 1)];
}

/** The last rows of the reasoning while it comes. */
function drawThinking(live: Live, look: Look): Line[] {
  if (live.reasoning === '') return [];
  const rows = wrapText(expandTabs(sanitize(live.reasoning.slice(-2_000).trim())), look.columns - 2, {
    role: 'quiet',
    isItalic: true,
  }).slice(-3);
  return rows.map((row): Line => [span(`${look.glyphs.bar} `, 'quiet'), ...row]);
}

/** While a question stands, a call that has written nothing waits for its answer: no time runs, nothing turns. */
function drawCalls(live: Live, look: Look, at: number, room: number, isAsking: boolean): Line[] {
  const outputRows = Math.max(0, Math.min(6, Math.floor(room / Math.max(1, live.calls.length)) - 1));
  const mark = look.hasReducedMotion ? look.glyphs.call : spinner(look, at);
  return live.calls.flatMap((call) =>
    isAsking && call.output === ''
      ? drawLiveCall(call, look, call.startedAt, look.glyphs.call, outputRows)
      : drawLiveCall(call, look, at, mark, outputRows),
  );
}

function drawQueued(view: View, look: Look): Line[] {
  return view.queued.map((text) =>
    truncateLine(
      [span(`${look.glyphs.pointer} next: `, 'accent'), span(sanitize(text).replace(/\s+/g, ' '), 'quiet')],
      look.columns,
      look.glyphs.ellipsis,
    ),
  );
}

const words: Readonly<Record<Live['phase'], string>> = {
  idle: '',
  waiting: 'waiting for the model',
  thinking: 'thinking',
  writing: 'writing',
  tools: 'working',
};

function drawActivity(live: Live, view: View, look: Look, at: number, isAsking: boolean): Line {
  const sign = look.hasReducedMotion || isAsking ? look.glyphs.dot : spinner(look, at);
  const elapsed = Math.max(0, at - (view.run.startedAt || live.startedAt));
  const facts = [
    elapsed >= 1000 && !isAsking ? duration(Math.floor(elapsed / 1000) * 1000) : '',
    view.run.usage.outputTokens > 0 ? `${tokens(view.run.usage.outputTokens)} tokens written` : '',
    isAsking ? '' : 'Esc interrupts',
  ].filter((fact) => fact !== '');
  const doing = live.retry
    ? `asking again (${sanitize(live.retry.reason)}), try ${live.retry.attempt}${waits(live.retry.until - at)}`
    : isAsking
      ? 'waiting for you'
      : words[live.phase];
  return truncateLine(
    [
      span(`${sign} ${doing}`, live.retry ? 'warn' : 'accent'),
      span(facts.map((fact) => ` ${look.glyphs.dot} ${fact}`).join(''), 'quiet'),
    ],
    look.columns,
    look.glyphs.ellipsis,
  );
}

function waits(ms: number): string {
  return ms >= 1000 ? ` in ${Math.ceil(ms / 1000)} s` : '';
}

function spinner(look: Look, at: number): string {
  const { spinner: frames } = look.glyphs;
  return frames[Math.floor(at / 120) % frames.length] ?? '';
}
