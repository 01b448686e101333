import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createRedactor } from '../../core/text/redact.ts';
import { sanitize } from '../../core/text/sanitize.ts';
import { stepRange } from '../../core/text/step-range.ts';
import type { App } from '../app.ts';
import { joinParts } from '../state/stream-split.ts';
import type { Item, View } from '../state/view.ts';

/** The last answer's text, whole. */
export function lastAnswer(view: View): string | undefined {
  const parts: string[] = [];
  for (const item of [...view.items].reverse()) {
    if (item.kind === 'text') parts.unshift(item.markdown);
    else if (parts.length > 0 && (item.kind === 'user' || item.kind === 'call')) break;
  }
  return parts.length > 0 ? parts.join('').trim() : undefined;
}

/** `/export`: the conversation as Markdown, or by the ending of the name as a page or as data; never over a file that exists. */
export async function exportConversation(app: App, argument: string): Promise<{ notice: string }> {
  const name = argument === '' ? `wink-${app.deps.session.id()}.md` : argument;
  const path = resolve(app.deps.info.cwd, name);
  if (/\.(?:html|jsonl)$/.test(name)) await app.deps.session.exportTo(path);
  else await writeFile(path, createRedactor([])(conversationMarkdown(app.state.view)), { flag: 'wx' });
  return { notice: `Written to ${path}.` };
}

export function conversationMarkdown(view: View): string {
  return `${joinParts(view.items)
    .map(itemMarkdown)
    .filter((text) => text !== '')
    .join('\n\n')}\n`;
}

function itemMarkdown(item: Item): string {
  switch (item.kind) {
    case 'user':
      return `## User\n\n${item.text}`;
    case 'text':
    case 'shown':
      return item.markdown.trim();
    case 'call': {
      const { name, title, result } = item.call;
      return `**${name}** ${sanitize(title)}${result.isError ? ' (failed)' : ''}\n\n${fenced(sanitize(result.output))}`;
    }
    case 'reminder':
      return `> **The observer${item.reminder.mode === 'shadow' ? ' would have said' : ''}** (${item.reminder.class}, ${stepRange(item.reminder.evidenceSteps)}): ${item.reminder.text.replace(/\n/g, '\n> ')}`;
    case 'shell':
      return fenced(sanitize(`$ ${item.command}\n${item.output}`));
    case 'notice':
      return `_${item.text}_`;
    case 'result':
      return `_${item.result.outcome}, ${item.steps} steps_`;
    case 'welcome':
    case 'reasoning':
    case 'recovery':
    case 'compaction':
      return '';
    default:
      return item satisfies never;
  }
}

/** A fence longer than any in the text. */
function fenced(text: string): string {
  const longest = Math.max(2, ...(text.match(/`{3,}/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${text.trimEnd()}\n${fence}`;
}
