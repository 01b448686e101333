import { sanitize } from '../core/sanitize.ts';
import { count } from '../core/text.ts';
import type { Outcome, Reminder } from '../core/types.ts';
import { drawCall } from './draw-call.ts';
import { duration, type Look, money, shortPath, tokens } from './look.ts';
import { type Line, type Role, span, truncateLine, widthOf } from './span.ts';
import type { Item } from './view.ts';
import { expandTabs, wrapLine, wrapText } from './wrap.ts';

/** What the first lines say about the session. */
export type Welcome = {
  readonly version: string;
  readonly model: string;
  readonly cwd: string;
  readonly branch: string | undefined;
};

/** Rows of a finished item; an empty row before it keeps the conversation apart from what was printed before. */
export function drawItem(item: Item, look: Look, welcome: Welcome, previous?: Item['kind']): Line[] {
  const rows = drawBody(item, look, welcome);
  if (rows.length === 0) return [];
  const isTight =
    (item.kind === 'text' && item.isTight) ||
    (item.kind === 'call' && (previous === 'call' || previous === 'text' || previous === 'reasoning')) ||
    (item.kind === 'notice' && previous === 'notice');
  return isTight ? rows : [[], ...rows];
}

function drawBody(item: Item, look: Look, welcome: Welcome): Line[] {
  switch (item.kind) {
    case 'welcome':
      return drawWelcome(welcome, look);
    case 'user':
      return drawUser(item.text, item.images, look);
    case 'text':
    case 'shown':
      return drawMarkdownText(item.markdown, look);
    case 'reasoning':
      return drawReasoning(item.text, item.ms, look);
    case 'call':
      return drawCall(item.call, look);
    case 'reminder':
      return drawReminder(item.reminder, look);
    case 'recovery':
      return [
        [
          span(`${look.glyphs.observer} `, 'good'),
          span(
            `recovered from ${item.episode.class} ${item.episode.interventions === 0 ? 'without a reminder' : `after ${count(item.episode.interventions, 'reminder')}`}`,
            'good',
          ),
        ],
      ];
    case 'compaction':
      return [
        [
          span(
            `${look.glyphs.dot} ${item.compaction.kind === 'summary' ? 'earlier steps were summed up' : 'older tool output was shortened'}: ${tokens(item.compaction.tokensBefore)} to ${tokens(item.compaction.tokensAfter)} tokens`,
            'quiet',
          ),
        ],
      ];
    case 'notice':
      return drawNotice(item.level, item.text, look);
    case 'shell':
      return drawShell(item, look);
    case 'result':
      return drawResult(item, look);
    default:
      return item satisfies never;
  }
}

/** Markdown where the renderer is loaded, plain text until then. */
export function drawMarkdownText(source: string, look: Look): Line[] {
  const text = sanitize(source);
  return look.markdown ? look.markdown(text, look.columns) : wrapText(expandTabs(text.trim()), look.columns);
}

function drawWelcome({ version, model, cwd, branch }: Welcome, look: Look): Line[] {
  const where = `${shortPath(cwd, look.home)}${branch ? ` ${look.glyphs.fork} ${branch}` : ''}`;
  return [
    truncateLine(
      [span('wink-agent', 'accent', { isBold: true }), span(` ${version}`, 'quiet'), span(`  ${model}`)],
      look.columns,
    ),
    truncateLine([span(where, 'quiet')], look.columns),
    truncateLine(
      [span('An observer watches for loops and broken instructions: /wink. Keys and commands: /help.', 'quiet')],
      look.columns,
    ),
  ];
}

function drawUser(text: string, images: number, look: Look): Line[] {
  const rows = wrapText(expandTabs(sanitize(text)), look.columns - 2, { role: 'user' });
  const shown =
    rows.length > 20
      ? [
          ...rows.slice(0, 14),
          [span(`${look.glyphs.ellipsis} ${rows.length - 18} more lines`, 'quiet')],
          ...rows.slice(-4),
        ]
      : rows;
  const lines = shown.map(
    (row, index): Line => [span(index === 0 ? `${look.glyphs.prompt} ` : '  ', 'accent'), ...row],
  );
  return images > 0 ? [...lines, [span(`  ${count(images, 'image')} attached`, 'quiet')]] : lines;
}

function drawReasoning(text: string, ms: number, look: Look): Line[] {
  const took = ms >= 100 ? ` for ${duration(ms)}` : '';
  if (!look.showsReasoning) return [[span(`${look.glyphs.dot} thought${took}`, 'quiet', { isItalic: true })]];
  const rows = wrapText(expandTabs(sanitize(text.trim())), look.columns - 2, { role: 'quiet', isItalic: true });
  return rows.map((row): Line => [span(`${look.glyphs.bar} `, 'quiet'), ...row]);
}

/** Who spoke, about what, on which evidence, and the very words that the model got. */
export function drawReminder(reminder: Reminder, look: Look): Line[] {
  const isShadow = reminder.mode === 'shadow';
  const role: Role = isShadow ? 'shadow' : 'observer';
  const { glyphs } = look;
  const steps = reminder.evidenceSteps.length > 0 ? ` ${glyphs.dot} steps ${reminder.evidenceSteps.join(', ')}` : '';
  const title = `${glyphs.observer} ${isShadow ? 'the observer would have said' : 'the observer said to the model'} ${glyphs.dot} ${reminder.class}${steps}`;
  const edge = span(`${glyphs.bar} `, role);
  const body = [
    ...wrapText(sanitize(reminder.evidence), look.columns - 2, { role: 'quiet' }),
    ...wrapText(sanitize(reminder.text.trim()), look.columns - 2),
  ];
  return [...wrapLine([span(title, role, { isBold: true })], look.columns), ...body.map((row): Line => [edge, ...row])];
}

const levels = { info: 'quiet', good: 'good', warn: 'warn', bad: 'bad' } as const;

function drawNotice(level: keyof typeof levels, text: string, look: Look): Line[] {
  const mark = { info: look.glyphs.dot, good: look.glyphs.ok, warn: '!', bad: look.glyphs.failed }[level];
  const width = widthOf(mark) + 1;
  return wrapText(sanitize(text), look.columns - width, { role: levels[level] }).map(
    (row, index): Line => [span(index === 0 ? `${mark} ` : ' '.repeat(width), levels[level]), ...row],
  );
}

function drawShell(item: Extract<Item, { kind: 'shell' }>, look: Look): Line[] {
  const rows = expandTabs(sanitize(item.output))
    .replace(/\n+$/, '')
    .split('\n')
    .flatMap((row) => wrapText(row, look.columns - 2));
  const limit = 60;
  const shown =
    rows.length > limit
      ? [
          ...rows.slice(0, 30),
          [span(`${look.glyphs.ellipsis} ${rows.length - limit} more lines`, 'quiet')],
          ...rows.slice(-30),
        ]
      : rows;
  const end: Line[] =
    item.exitCode === 0
      ? []
      : [[span(`  ${item.exitCode === null ? 'ended by a signal' : `exit ${item.exitCode}`}`, 'bad')]];
  return [
    [span('! ', 'accent', { isBold: true }), span(sanitize(item.command))],
    ...(item.output.trim() === '' ? [] : shown.map((row): Line => [span('  '), ...row])),
    ...end,
  ];
}

const endings: Readonly<Record<Outcome, readonly [Role, string]>> = {
  done: ['good', 'done'],
  error: ['bad', 'failed'],
  'turn-limit': ['warn', 'stopped at the turn limit'],
  budget: ['warn', 'stopped: the budget is used up'],
  timeout: ['warn', 'stopped at the time limit'],
  stuck: ['warn', 'stopped by the observer: no way out was found'],
  denied: ['warn', 'done; one call was declined'],
  aborted: ['warn', 'Interrupted. What should it do instead?'],
};

function drawResult(item: Extract<Item, { kind: 'result' }>, look: Look): Line[] {
  const { result, steps, usage, ms } = item;
  const [role, words] = endings[result.outcome];
  const { glyphs } = look;
  const facts = [
    count(steps, 'step'),
    `${tokens(usage.inputTokens + usage.outputTokens)} tokens`,
    money(usage.costUsd),
    duration(ms),
  ].filter((fact) => fact !== undefined);
  const lines: Line[] = [
    truncateLine(
      [
        span(`${role === 'good' ? glyphs.ok : '!'} ${words}`, role),
        span(` ${glyphs.dot} ${facts.join(` ${glyphs.dot} `)}`, 'quiet'),
      ],
      look.columns,
    ),
  ];
  if (result.error) lines.push(...drawNotice('bad', result.error, look));
  return lines;
}
