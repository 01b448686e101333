import { revealLine } from '../core/questions/reveal.ts';
import { type CompletionReport, describeRow, summarizeRows } from '../core/run/task-report.ts';
import type { ResultView } from '../core/screen/result-view.ts';
import { count } from '../core/text/count.ts';
import { escapeHtml } from '../core/text/escape-html.ts';
import { sanitize } from '../core/text/sanitize.ts';
import type { Note, Step, ToolCall, ToolResult } from '../core/types.ts';
import { markdownHtml } from './html-markdown.ts';
import { pageStyle } from './page-style.ts';
import type { ExportedSession, LastEnd } from './read-lines.ts';

/** A session as one page that needs nothing else: no script, nothing loaded; calls fold and unfold. */
export function exportHtml({ session, end }: ExportedSession): string {
  const { header, steps, openNotes, ended } = session;
  const title = header.task.replace(/\s+/g, ' ').trim().slice(0, 120) || `Session ${header.session}`;
  const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(title)}</title>
<style>${pageStyle}</style>
</head>
<body><main>
<header><h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(factsOf(session.header, steps, end).join(' · '))}</p></header>
${steps.map(showStep).join('\n')}
${openNotes.map(showNote).join('\n')}
${end?.completion ? showCompletion(end.completion) : ''}
<footer>${escapeHtml(ended === undefined ? 'The session has not ended.' : `Ended: ${ended}.`)} Written by wink-agent.</footer>
</main></body></html>
`;
}

function factsOf(
  header: ExportedSession['session']['header'],
  steps: readonly Step[],
  end: LastEnd | undefined,
): string[] {
  const cost = end === undefined || end.costUsd === null ? [] : [`$${end.costUsd.toFixed(4)}`];
  const tokens = end === undefined ? [] : [`${end.inputTokens} tokens in, ${end.outputTokens} out`];
  return [
    header.at.slice(0, 16).replace('T', ' '),
    header.model,
    count(steps.length, 'step'),
    ...tokens,
    ...cost,
    `session ${header.session}`,
  ];
}

function showStep(step: Step): string {
  const reasoning = step.reasoning?.trim();
  const number = step.index + 1;
  return [
    ...step.notes.map(showNote),
    `<section class="step" id="step-${number}"><a class="number" href="#step-${number}">${number}</a>`,
    reasoning
      ? `<details class="reasoning"><summary>reasoning</summary><pre>${escapeHtml(reasoning)}</pre></details>`
      : '',
    step.text.trim() === '' ? '' : `<div class="answer">${markdownHtml(step.text)}</div>`,
    ...step.calls.map((call, at) => showCall(call, step.results[at])),
    '</section>',
  ]
    .filter((part) => part !== '')
    .join('\n');
}

/** Words that stood before the model: the user's, the observer's, the program's. */
function showNote({ from, text, images = [] }: Note): string {
  const pictures = images.filter((url) => /^data:image\/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]+$/.test(url));
  const shown = pictures.map((url) => `<img alt="attached picture" src="${url}">`).join('');
  switch (from) {
    case 'user':
      return `<div class="note user"><b>user</b><pre>${escapeHtml(text)}</pre>${shown}</div>`;
    case 'observer':
      return `<div class="note observer"><b>the observer said to the model</b><pre>${escapeHtml(text)}</pre></div>`;
    case 'harness':
      return `<details class="note harness"><summary>note of the program</summary><pre>${escapeHtml(text)}</pre></details>`;
    default:
      return from satisfies never;
  }
}

function showCall(call: ToolCall, result: ToolResult | undefined): string {
  const failed = result?.isError === true;
  const title = result?.view?.title || shortInput(call);
  const state = result === undefined ? 'not run' : failed ? (result.errorKind ?? 'failed') : '';
  const body = result?.view?.kind === 'diff' && !failed ? showDiff(result.view) : plainCall(call, result);
  return `<details class="call${failed ? ' failed' : ''}"${result?.view?.kind === 'diff' ? ' open' : ''}><summary><b>${escapeHtml(call.name)}</b> ${escapeHtml(title.slice(0, 200))}${state === '' ? '' : ` <i>${escapeHtml(state)}</i>`}</summary>${body}</details>`;
}

function shortInput({ input }: ToolCall): string {
  return (
    Object.values(input)
      .find((value) => typeof value === 'string')
      ?.toString()
      .split('\n')[0] ?? ''
  );
}

function plainCall({ input }: ToolCall, result: ToolResult | undefined): string {
  const given = JSON.stringify(input, undefined, 2);
  return `<pre class="input">${escapeHtml(given)}</pre>${result === undefined ? '' : `<pre>${escapeHtml(sanitize(result.output))}</pre>`}`;
}

function showDiff({ path, lines, added, removed }: Extract<ResultView, { kind: 'diff' }>): string {
  const mark = { same: ' ', add: '+', remove: '-' } as const;
  const rows = lines.map(
    (line) => `<span class="${escapeHtml(line.kind)}">${mark[line.kind]} ${escapeHtml(revealLine(line.text))}\n</span>`,
  );
  return `<p class="path">${escapeHtml(path)} <span class="add">+${added}</span> <span class="remove">-${removed}</span></p><pre class="diff">${rows.join('')}</pre>`;
}

function showCompletion(report: CompletionReport): string {
  const rows = report.rows.map(
    (row) =>
      `<tr class="${row.status}"><td>${escapeHtml(row.requirement)}</td><td>${escapeHtml(describeRow(row))}</td></tr>`,
  );
  return `<section class="completion"><h2>Asked for, and what shows of it</h2><p>${escapeHtml(summarizeRows(report))}</p><table>${rows.join('')}</table></section>`;
}
