import type { ApprovalMode } from '../core/types.ts';
import { type Look, money, tokens } from './look.ts';
import { type Line, type Role, type Span, span, truncateLine, widthOf } from './span.ts';
import type { View } from './view.ts';

const approvalRoles: Readonly<Record<ApprovalMode, Role>> = {
  plan: 'accent',
  ask: 'quiet',
  edits: 'good',
  full: 'warn',
};

/** Facts of the status line that are not in the view. */
export type StatusFacts = { readonly branch: string | undefined; readonly contextWindow: number | undefined };

type Part = { readonly spans: Line; readonly rank: number };

/** One row with what matters now; what matters least is left out first when the terminal is narrow. */
export function drawStatus(view: View, facts: StatusFacts, look: Look): Line {
  const parts = statusParts(view, facts, look);
  let shown = parts;
  while (shown.length > 1 && width(shown, look) > look.columns) {
    const lowestRank = Math.max(...shown.map((part) => part.rank));
    shown = shown.filter((part) => part.rank !== lowestRank);
  }
  const line: Span[] = [];
  for (const [index, part] of shown.entries())
    line.push(...(index > 0 ? [span(` ${look.glyphs.dot} `, 'quiet')] : []), ...part.spans);
  return truncateLine(line, look.columns, look.glyphs.ellipsis);
}

function width(parts: readonly Part[], look: Look): number {
  return (
    parts.reduce((sum, part) => sum + part.spans.reduce((inner, piece) => inner + widthOf(piece.text), 0), 0) +
    (parts.length - 1) * (widthOf(look.glyphs.dot) + 2)
  );
}

function statusParts(view: View, facts: StatusFacts, look: Look): Part[] {
  const { usage } = view;
  const share =
    usage.inputTokens > 0 ? ` (${Math.round((100 * usage.cachedInputTokens) / usage.inputTokens)}% cached)` : '';
  const total = usage.inputTokens + usage.outputTokens;
  const cost = total > 0 ? money(usage.costUsd) : undefined;
  const parts: (Part | undefined)[] = [
    { spans: winkPart(view, look), rank: 1 },
    { spans: [span(`${view.approval}`, approvalRoles[view.approval])], rank: 2 },
    { spans: [span(view.model, 'quiet')], rank: 4 },
    contextPart(view, facts),
    total > 0 ? { spans: [span(`${tokens(total)} tokens${share}`, 'quiet')], rank: 7 } : undefined,
    cost ? { spans: [span(cost, 'quiet')], rank: 5 } : undefined,
    facts.branch ? { spans: [span(`${look.glyphs.fork} ${facts.branch}`, 'quiet')], rank: 6 } : undefined,
  ];
  return parts.filter((part) => part !== undefined);
}

function winkPart(view: View, look: Look): Line {
  const { watch } = view;
  const sign = look.glyphs.observer;
  if (watch.mode === 'off') return [span(`${sign} wink off`, 'quiet')];
  const said = watch.reminders.length;
  const counts = said > 0 ? ` ${said}` : watch.signals.length > 0 ? ` (${watch.signals.length})` : '';
  if (watch.health === 'lost') return [span(`${sign} wink ${watch.mode}${counts} LOST`, 'bad')];
  return [
    span(
      `${sign} wink ${watch.mode === 'shadow' ? 'shadow' : 'ok'}${counts}`,
      watch.mode === 'shadow' ? 'shadow' : said > 0 ? 'observer' : 'quiet',
    ),
  ];
}

function contextPart(view: View, facts: StatusFacts): Part | undefined {
  if (view.contextTokens === 0) return undefined;
  if (facts.contextWindow === undefined)
    return { spans: [span(`${tokens(view.contextTokens)} in context`, 'quiet')], rank: 3 };
  const percent = Math.round((100 * view.contextTokens) / facts.contextWindow);
  return {
    spans: [
      span(`${percent}% of ${tokens(facts.contextWindow)}`, percent >= 90 ? 'bad' : percent >= 70 ? 'warn' : 'quiet'),
    ],
    rank: 3,
  };
}
