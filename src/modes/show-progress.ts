import type { Event } from '../core/event.ts';
import type { RunResult } from '../core/run/run-result.ts';
import { describeRow, summarizeRows } from '../core/run/task-report.ts';
import { count } from '../core/text/count.ts';
import { sanitize } from '../core/text/sanitize.ts';
import { stepRange } from '../core/text/step-range.ts';
import type { Episode, Reminder, ToolResult } from '../core/types.ts';
import type { Output } from './output-formats.ts';

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

type Paint = (text: string) => string;
type Colours = { readonly dim: Paint; readonly yellow: Paint; readonly red: Paint; readonly green: Paint };

function colours(enabled: boolean): Colours {
  const paint = (code: number) => (text: string) => (enabled ? `\u001b[${code}m${text}\u001b[0m` : text);
  return { dim: paint(2), yellow: paint(33), red: paint(31), green: paint(32) };
}

type ProgressOptions = { readonly colour: boolean; readonly verbose: boolean; readonly columns: () => number };

/** What a headless run says of itself on stderr: plain lines, and on a terminal a spinner below them while something runs. */
export function showProgress(output: Pick<Output, 'write' | 'isTerminal'>, options: ProgressOptions) {
  const paint = colours(options.colour);
  const startedAt = Date.now();
  const titles = new Map<string, string>();
  let current = 'waiting for the model';
  let step = 0;
  let frame = 0;
  let timer: NodeJS.Timeout | undefined;

  const erase = () => {
    if (output.isTerminal) output.write('\r\u001b[K');
  };
  const spin = () => {
    const seconds = Math.round((Date.now() - startedAt) / 1000);
    const text = `${frames[frame++ % frames.length]} step ${step + 1} · ${current} · ${seconds} s`;
    output.write(`\r\u001b[K${paint.dim(text.slice(0, Math.max(10, options.columns() - 1)))}`);
  };
  const line = (text: string) => {
    erase();
    output.write(`${text}\n`);
    if (timer) spin();
  };
  const start = () => {
    if (!output.isTerminal || timer) return;
    timer = setInterval(spin, 100);
    timer.unref();
  };
  const stop = () => {
    clearInterval(timer);
    timer = undefined;
    erase();
  };

  const listen = (event: Event): void => {
    if (event.type === 'request') {
      step = event.step;
      current = 'waiting for the model';
      start();
    } else if (event.type === 'tool.start') {
      current = oneLine(`${event.name} ${event.title}`);
      titles.set(event.callId, current);
    } else if (event.type === 'tool.end') {
      const title = titles.get(event.callId) ?? event.result.name;
      titles.delete(event.callId);
      current = 'waiting for the model';
      line(`${paint.dim('·')} ${title} ${paint.dim(describeEnd(event.result))}`);
    } else {
      if (event.type === 'result') stop();
      const text = describeEvent(event, paint, options);
      if (text !== undefined) line(text);
    }
  };
  return { listen, stop };
}

/** The line for an event that is shown once, when it is shown at all. */
function describeEvent(event: Event, paint: Colours, options: ProgressOptions): string | undefined {
  switch (event.type) {
    case 'retry':
      return paint.dim(`retry ${event.attempt} in ${(event.waitMs / 1000).toFixed(1)} s: ${oneLine(event.reason)}`);
    case 'reminder':
      return describeReminder(event.reminder, options.columns()).map(paint.yellow).join('\n');
    case 'recovery':
      return describeRecovery(event.episode, paint);
    case 'observer.lost':
      return paint.yellow(
        `wink: the observer was lost (${oneLine(event.reason)})${event.restarted ? ' and started again' : '; the run continues without it'}`,
      );
    case 'compaction':
      return paint.dim(`the conversation was compacted (${event.compaction.kind})`);
    case 'warning':
      return paint.yellow(oneLine(event.message, longest));
    case 'result':
      return [...describeCompletion(event.result, paint), describeResult(event.result, paint)].join('\n');
    default:
      return options.verbose ? describeDetail(event, paint) : undefined;
  }
}

function describeDetail(event: Event, paint: Colours): string | undefined {
  switch (event.type) {
    case 'signal':
      return paint.dim(
        `wink: signal ${event.signal.detector} at ${stepRange([event.signal.step])}: ${oneLine(event.signal.evidence)}`,
      );
    case 'suppressed':
      return paint.dim(
        `wink: ${event.suppressed.class} at ${stepRange([event.suppressed.step])} not said: ${event.suppressed.reason}`,
      );
    case 'approval':
      return paint.dim(`${event.decision}: ${event.name}: ${oneLine(event.reason)}`);
    default:
      return undefined;
  }
}

/** Warnings and errors end with what to do about them, so they are kept whole as far as can be. */
const longest = 1_000;

function oneLine(text: string, limit = 160): string {
  const clean = sanitize(text).replace(/\s+/g, ' ').trim();
  return clean.length > limit ? `${clean.slice(0, limit - 1)}…` : clean;
}

function describeEnd(result: ToolResult): string {
  const outcome = result.isError ? (result.errorKind ?? 'failed') : 'ok';
  return result.ms >= 1000 ? `${outcome} ${(result.ms / 1000).toFixed(1)} s` : outcome;
}

/** The card: who speaks, why, and every word that the model was given. */
function describeReminder(reminder: Reminder, columns: number): string[] {
  const silent = reminder.withheld ? 'wink withholds, at random' : 'wink would have said';
  const who = reminder.mode === 'shadow' ? silent : 'wink reminds';
  return [
    `◆ ${who} (${reminder.class}, ${stepRange(reminder.evidenceSteps.slice(-8))}):`,
    ...wrapWords(sanitize(reminder.text), Math.max(20, columns - 4)).map((text) => `  │ ${text}`),
  ];
}

/** Breaks a text into lines of at most `width` characters between words. */
function wrapWords(text: string, width: number): string[] {
  return text.split('\n').flatMap((paragraph) => {
    const lines = [''];
    for (const word of paragraph.split(' ')) {
      const last = lines.at(-1) ?? '';
      if (last && last.length + 1 + word.length > width) lines.push(word);
      else lines[lines.length - 1] = last ? `${last} ${word}` : word;
    }
    return lines;
  });
}

function describeRecovery(episode: Episode, paint: Colours): string {
  const how =
    episode.interventions > 0
      ? `after ${count(episode.interventions, 'reminder')}`
      : `without a reminder${episode.mode === 'shadow' ? ' (shadow)' : ''}`;
  const text = `wink: ${episode.class} ${episode.outcome ?? 'open'} ${how}`;
  return episode.outcome === 'recovered' ? paint.green(text) : paint.yellow(text);
}

/** What was asked for, and below each what shows of it. */
function describeCompletion({ completion }: RunResult, paint: Colours): string[] {
  if (completion === undefined) return [];
  return [
    `${summarizeRows(completion)}:`,
    ...completion.rows.flatMap((row) => [
      `  ${row.status === 'evidence' ? '·' : paint.yellow(row.status === 'against' ? '!' : '?')} ${oneLine(row.requirement, 120)}`,
      paint.dim(`      ${oneLine(describeRow(row), 300)}`),
    ]),
  ];
}

function describeResult(result: RunResult, paint: Colours): string {
  const tokens = `${result.usage.inputTokens} tokens in (${result.usage.cachedInputTokens} cached), ${result.usage.outputTokens} out`;
  const cost = result.usage.costUsd === null ? 'cost unknown' : `$${result.usage.costUsd.toFixed(4)}`;
  const head = result.outcome === 'done' ? paint.green('done') : paint.red(result.outcome);
  const why = result.error ? ` ${oneLine(result.error, longest)}` : '';
  return `${head}${why} ${paint.dim(`· ${count(result.steps, 'step')} · ${tokens} · ${cost} · ${(result.durationMs / 1000).toFixed(1)} s · session ${result.session}`)}`;
}
