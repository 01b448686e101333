import type { RunResult } from '../core/run/run-result.ts';
import { type CompletionReport, describeRow, summarizeRows } from '../core/run/task-report.ts';
import { count } from '../core/text/count.ts';
import { sanitize } from '../core/text/sanitize.ts';
import { stepRange } from '../core/text/step-range.ts';
import type { Outcome } from '../core/types.ts';

/** Lines added and removed in a file since the run began; null for a binary file. */
export type ChangedFileLines = {
  readonly path: string;
  readonly added: number | null;
  readonly removed: number | null;
};

/** A check that the agent ran, with how it ended the last time. */
export type CheckRun = { readonly command: string; readonly exitCode: number | null };

export type SummaryFacts = {
  readonly task: string;
  readonly result: RunResult;
  /** undefined outside a git repository. */
  readonly changes: readonly ChangedFileLines[] | undefined;
  readonly checks: readonly CheckRun[];
};

const outcomes: Readonly<Record<Outcome, string>> = {
  done: 'done',
  error: 'ended with an error',
  'turn-limit': 'stopped at the turn limit',
  budget: 'stopped at the budget',
  timeout: 'stopped by the time-out',
  stuck: 'stopped by the observer',
  denied: 'ended with something denied',
  aborted: 'interrupted',
};

const maxFiles = 50;
const maxCharacters = 6_000;

/** A run as a Markdown page for the summary of a CI job: task, outcome, answer, diff stat, checks, cost, episodes. */
export function writeSummary(facts: SummaryFacts): string {
  const { result } = facts;
  const parts = [
    `## wink-agent: ${outcomes[result.outcome]}`,
    quote(facts.task),
    result.error === undefined ? '' : `**${plain(result.error)}**`,
    result.result === '' ? '' : fold('Answer', fence(result.result)),
    describeCompletion(result.completion),
    describeChanges(facts.changes),
    describeChecks(facts.checks),
    describeRun(result),
    describeEpisodes(result),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** What was asked for, row by row. */
function describeCompletion(report: CompletionReport | undefined): string {
  if (report === undefined) return '';
  const rows = report.rows.map(
    (row) => `| ${plain(row.requirement)} | ${row.status === 'against' ? '⚠ ' : ''}${plain(describeRow(row))} |`,
  );
  return `### Asked for, and what shows of it\n\n${summarizeRows(report)}.\n\n| asked for | evidence |\n|---|---|\n${rows.join('\n')}`;
}

function describeChanges(changes: SummaryFacts['changes']): string {
  if (changes === undefined) return '';
  if (changes.length === 0) return 'No file was changed.';
  const rows = changes
    .slice(0, maxFiles)
    .map(
      ({ path, added, removed }) =>
        `| ${code(path)} | ${added === null ? 'binary' : `+${added}`} | ${removed === null ? '' : `-${removed}`} |`,
    );
  const more = changes.length > maxFiles ? `\n\n… and ${changes.length - maxFiles} more` : '';
  const added = changes.reduce((sum, change) => sum + (change.added ?? 0), 0);
  const removed = changes.reduce((sum, change) => sum + (change.removed ?? 0), 0);
  return `### ${count(changes.length, 'file')} changed, +${added} -${removed}\n\n| file | added | removed |\n|---|---:|---:|\n${rows.join('\n')}${more}`;
}

function describeChecks(checks: readonly CheckRun[]): string {
  if (checks.length === 0) return 'No test or check was run.';
  const rows = checks.map((check) => `| ${code(check.command)} | ${describeCheck(check)} |`);
  return `### Checks\n\n| command | last result |\n|---|---|\n${rows.join('\n')}`;
}

/** After a pipe, `|| true` or `; echo` the exit code is another command's and proves nothing. */
const losesExitCode = /(?<!\|)\|(?!\|)|\|\|\s*(?:true|:|echo)(?:\s|$)|;\s*(?:echo|true|:)(?:\s|$)/;

function describeCheck({ command, exitCode }: CheckRun): string {
  if (exitCode === null) return 'ended by a signal';
  if (exitCode !== 0) return `failed (exit ${exitCode})`;
  return losesExitCode.test(command) && !command.includes('pipefail') ? 'not known (its exit code was lost)' : 'passed';
}

function describeRun({ model, steps, durationMs, usage, wink, session }: RunResult): string {
  const cost = usage.costUsd === null ? 'unknown' : `$${usage.costUsd.toFixed(4)}`;
  const cached = usage.inputTokens === 0 ? 0 : Math.round((usage.cachedInputTokens / usage.inputTokens) * 100);
  return [
    '### Run',
    '',
    '| model | steps | time | tokens in (cached) | tokens out | cost | observer | session |',
    '|---|---:|---:|---:|---:|---:|---|---|',
    `| ${code(model)} | ${steps} | ${(durationMs / 1000).toFixed(1)} s | ${usage.inputTokens} (${cached} %) | ${usage.outputTokens} | ${cost} | ${wink.mode}, ${wink.health} | ${code(session)} |`,
  ].join('\n');
}

function describeEpisodes({ wink }: RunResult): string {
  const counts = `${count(wink.signals, 'signal')}, ${count(wink.verdicts, 'verdict')}, ${count(wink.reminders, 'reminder')}, ${wink.suppressed} suppressed`;
  if (wink.episodes.length === 0)
    return `The observer saw ${count(wink.stepsObserved, 'step')}: ${counts}; no misbehaviour.`;
  const rows = wink.episodes.map(
    (episode) =>
      `| ${episode.class} | ${episode.openedAtStep + 1} | ${stepRange(episode.evidenceSteps).replace(/^steps? /, '')} | ${episode.mode === 'shadow' ? 'shadow' : episode.interventions} | ${episode.outcome ?? 'open'} |`,
  );
  return `### Misbehaviour (${counts})\n\n| class | opened at step | evidence steps | reminders | outcome |\n|---|---:|---|---:|---|\n${rows.join('\n')}`;
}

/** Lines of workflow commands that GitHub shows at the run and at files. */
export function writeAnnotations({ result, checks }: SummaryFacts): string[] {
  const failed = checks
    .filter(({ exitCode }) => exitCode !== 0)
    .map(({ command }) => annotation('warning', 'Check failed', `${command} failed when it was last run.`));
  if (result.outcome === 'done') return failed;
  const reason = result.error ?? `The run ${outcomes[result.outcome]}.`;
  return [annotation('error', `wink-agent: ${outcomes[result.outcome]}`, reason), ...failed];
}

function annotation(kind: 'error' | 'warning', title: string, text: string): string {
  const message = sanitize(text).replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A');
  return `::${kind} title=${title.replace(/[,:%\r\n]/g, ' ')}::${message}`;
}

function plain(text: string): string {
  return sanitize(text)
    .replace(/[\\`*_{}[\]<>|#]/g, '\\$&')
    .replace(/\s+/g, ' ')
    .trim();
}

/** A code span in a table: no ticks, no bars, one line. */
function code(text: string): string {
  return `\`${sanitize(text).replace(/[`|]/g, "'").replace(/\s+/g, ' ').trim().slice(0, 120)}\``;
}

function quote(text: string): string {
  const lines = clipText(sanitize(text).trim(), 1_000).split('\n');
  return lines.map((line) => `> ${line.replace(/[<>]/g, '\\$&')}`).join('\n');
}

function fence(text: string): string {
  const clean = clipText(sanitize(text).trim(), maxCharacters);
  const ticks = '`'.repeat(Math.max(3, ...[...clean.matchAll(/`+/g)].map((match) => match[0].length + 1)));
  return `${ticks}text\n${clean}\n${ticks}`;
}

function fold(title: string, body: string): string {
  return `<details open><summary>${title}</summary>\n\n${body}\n\n</details>`;
}

function clipText(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit)} …`;
}
