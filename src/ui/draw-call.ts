import { sanitize } from '../core/sanitize.ts';
import { count } from '../core/text.ts';
import type { ResultView, ToolResult } from '../core/types.ts';
import { drawDiff } from './diff.ts';
import { duration, type Look } from './look.ts';
import { type Line, span, truncateLine } from './span.ts';
import type { FinishedCall, LiveCall } from './view.ts';
import { expandTabs, wrapText } from './wrap.ts';

/** How many rows of a result are drawn: few in the conversation, all in the transcript. */
export type Extent = { readonly diffRows: number; readonly outputRows: number; readonly isOpen: boolean };

export const quietExtent: Extent = { diffRows: 24, outputRows: 5, isOpen: false };
export const openExtent: Extent = { diffRows: 10_000, outputRows: 10_000, isOpen: true };

/** One quiet line for a finished call, with a short look at what it did where that says something. */
export function drawCall(call: FinishedCall, look: Look, extent: Extent = quietExtent): Line[] {
  const { result } = call;
  return [drawCallHead(call, look), ...drawBody(result, look, extent)];
}

/** The head alone: mark, name, title, and how it ended. */
export function drawCallHead({ title, name, result }: FinishedCall, look: Look): Line {
  const { glyphs } = look;
  const mark = span(`${glyphs.call} `, result.isError ? 'bad' : 'good');
  const facts = [summary(result), result.ms >= 1000 ? duration(result.ms) : ''].filter((fact) => fact !== '');
  const head: Line = [
    mark,
    span(name, undefined, { isBold: true }),
    span(title === '' ? '' : ` ${oneLine(title)}`),
    span(facts.length > 0 ? `  ${facts.join(` ${glyphs.dot} `)}` : '', 'quiet'),
  ];
  return truncateLine(head, look.columns, glyphs.ellipsis);
}

/** A call that is still running: its time and the last rows of its output. */
export function drawLiveCall(call: LiveCall, look: Look, at: number, mark: string, outputRows: number): Line[] {
  if (call.result) return [drawCallHead({ ...call, result: call.result }, look)];
  const elapsed = at - call.startedAt;
  const time = elapsed >= 1000 ? ` ${duration(elapsed)}` : '';
  const head: Line = [
    span(`${mark} `, 'accent'),
    span(call.name, undefined, { isBold: true }),
    span(call.title === '' ? '' : ` ${oneLine(call.title)}`),
    span(time, 'quiet'),
  ];
  const output = outputLines(call.output, look).slice(-outputRows);
  return [truncateLine(head, look.columns, look.glyphs.ellipsis), ...under(output, look)];
}

/** A view of what a call will do or did, for approvals and results. */
export function drawView(view: ResultView, output: string, look: Look, extent: Extent): Line[] {
  const columns = look.columns - 4;
  if (view.kind === 'diff')
    return drawDiff(view.lines, { columns, limit: extent.diffRows, ellipsis: look.glyphs.ellipsis });
  if (view.kind === 'list') return view.items.map((item, index) => drawListItem(item, view.done?.[index], look));
  if (view.kind === 'command')
    return headAndTail(outputLines(output.replace(/\n\[exit code -?\d+\]\s*$/, ''), look), extent.outputRows, look);
  return extent.isOpen ? headAndTail(outputLines(output, look), extent.outputRows, look) : [];
}

function drawBody(result: ToolResult, look: Look, extent: Extent): Line[] {
  const view = result.view ?? { kind: 'text', title: '' };
  const body = drawView(view, result.output, look, extent);
  if (body.length > 0 || !result.isError) return under(body, look);
  return under(headAndTail(outputLines(result.output, look), extent.outputRows, look), look);
}

function summary(result: ToolResult): string {
  const { view } = result;
  if (result.errorKind === 'denied') return 'denied';
  if (result.errorKind === 'blocked') return 'held back by the observer';
  if (result.errorKind === 'aborted') return 'interrupted';
  if (view?.kind === 'diff') return `+${view.added} -${view.removed}`;
  if (view?.kind === 'command')
    return view.exitCode === 0 ? '' : view.exitCode === null ? 'ended by a signal' : `exit ${view.exitCode}`;
  if (view?.kind === 'list') return '';
  if (result.isError) return 'failed';
  const lines = result.output === '' ? 0 : result.output.split('\n').length;
  return lines > 0 ? count(lines, 'line') : '';
}

function drawListItem(item: string, isDone: boolean | undefined, look: Look): Line {
  const { glyphs } = look;
  const mark = isDone === undefined ? glyphs.bullet : isDone ? glyphs.ok : ' ';
  return truncateLine(
    [
      span(`${mark} `, isDone ? 'good' : 'quiet'),
      span(oneLine(item), isDone ? 'quiet' : undefined, isDone ? { isStruck: true } : undefined),
    ],
    look.columns - 4,
    glyphs.ellipsis,
  );
}

function outputLines(output: string, look: Look): Line[] {
  const clean = expandTabs(sanitize(output)).replace(/^\s*\n|\s+$/g, '');
  if (clean === '') return [];
  return clean.split('\n').flatMap((row) => wrapText(row.slice(0, 4_000), look.columns - 4, { role: 'quiet' }));
}

function headAndTail(rows: readonly Line[], limit: number, look: Look): Line[] {
  if (rows.length <= limit + 1) return [...rows];
  const head = Math.floor(limit / 2);
  const left = rows.length - limit;
  return [
    ...rows.slice(0, head),
    [span(`${look.glyphs.ellipsis} ${left} more lines`, 'quiet')],
    ...rows.slice(rows.length - (limit - head)),
  ];
}

/** Hangs rows under a call. */
function under(rows: readonly Line[], look: Look): Line[] {
  return rows.map((row, index) => [span(index === 0 ? `  ${look.glyphs.branch} ` : '    ', 'quiet'), ...row]);
}

function oneLine(text: string): string {
  return sanitize(text)
    .replace(/\s*\n\s*/g, ' ')
    .replace(/\t/g, ' ');
}
