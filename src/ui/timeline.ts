import { sanitize } from '../core/sanitize.ts';
import { count } from '../core/text.ts';
import type { Episode, Reminder, Signal, Suppressed, Verdict } from '../core/types.ts';
import type { App } from './app.ts';
import { openChoice } from './choice.ts';
import type { DetectorSetting, LedgerLine, ObserverControl } from './deps.ts';
import { drawReminder } from './draw-items.ts';
import { type Look, money, tokens } from './look.ts';
import { openPage, type Section } from './pager.ts';
import { type Line, type Role, type Span, span } from './span.ts';
import type { StepCell, Watch } from './view.ts';
import { wrapText } from './wrap.ts';

/** A row of the page that keys can act upon. */
type Subject =
  | { readonly kind: 'detector'; readonly name: string }
  | { readonly kind: 'ledger'; readonly line: LedgerLine }
  | undefined;

type Part = { readonly section: Section; readonly subject: Subject };

/** `/wink`: what the observer saw and did in this session, step by step, and how to overrule it. */
export function openTimeline(app: App): void {
  let parts: readonly Part[] = [];
  const { observer } = app.deps;
  openPage(app.panels, {
    title: 'What the observer saw',
    sections: (look) => {
      parts = timelineParts(app.state.view.watch, observer, look);
      return parts.map((part) => part.section);
    },
    press: (key, section) => actOn(app, parts[section]?.subject, key.text),
    help: 'Enter unfolds; on a detector: m mute, n allow more, o go on, w watch again; on the ledger: x lift, + add; q closes',
    startsAtEnd: false,
  });
}

function actOn(app: App, subject: Subject, letter: string): boolean {
  const { observer } = app.deps;
  if (letter === '+' && observer.add) {
    askText(app, 'Add to the ledger', 'A constraint in your words:', (words) => {
      const problem = observer.add?.(words);
      if (problem) app.notice(problem, 'warn');
    });
    return true;
  }
  if (subject?.kind === 'ledger' && letter === 'x' && observer.lift) {
    observer.lift(subject.line.id);
    return true;
  }
  if (subject?.kind !== 'detector' || !observer.setDetector) return false;
  if (letter === 'n') {
    askText(app, `Allow more from ${subject.name}`, 'How many steps more:', (words) => {
      const more = Number.parseInt(words, 10);
      if (more > 0) observer.setDetector?.(subject.name, { kind: 'allow', more });
    });
    return true;
  }
  const setting = ({ m: { kind: 'mute' }, o: { kind: 'go-on' }, w: { kind: 'watch' } } as const)[letter];
  if (setting === undefined) return false;
  observer.setDetector(subject.name, setting);
  return true;
}

function askText(app: App, title: string, prompt: string, done: (words: string) => void): void {
  openChoice<string>(
    app.panels,
    {
      title,
      body: () => [],
      options: [{ label: 'Type it', keys: [], input: { prompt, initial: '' }, answer: (words) => words }],
      onEscape: '',
    },
    (words) => {
      if (words !== '') done(words);
    },
  );
}

/** The page as data: cells, episodes, what was said, what was held back, detectors, ledger. */
export function timelineParts(watch: Watch, observer: ObserverControl, look: Look): Part[] {
  return [
    ...title(summaryLine(watch, look)),
    ...cellRows(watch, look),
    ...group(
      'Episodes',
      watch.episodes.map((episode) => episodeSection(episode, look)),
    ),
    ...group(
      watch.mode === 'shadow' ? 'Reminders (would have been said)' : 'Reminders',
      watch.reminders.map((reminder) => reminderSection(reminder, look)),
    ),
    ...group('Signals', watch.signals.map(signalSection)),
    ...group('Verdicts', watch.verdicts.map(verdictSection)),
    ...group('Held back, and why', watch.suppressed.map(suppressedSection)),
    ...group('Detectors', detectorParts(watch, observer)),
    ...group(
      'Ledger: what you said must hold',
      (observer.ledger?.() ?? []).map((line): Part => ledgerPart(line, look)),
    ),
  ];
}

function part(head: Line, body?: Section['body'], subject?: Subject): Part {
  return { section: { head, ...(body ? { body } : {}) }, subject };
}

function title(line: Line): Part[] {
  return [part(line)];
}

function group(name: string, parts: readonly Part[]): Part[] {
  return parts.length === 0
    ? []
    : [part([]), part([span(name, 'heading'), span(` (${parts.length})`, 'quiet')]), ...parts];
}

function summaryLine(watch: Watch, look: Look): Line {
  const used = watch.usage.inputTokens + watch.usage.outputTokens;
  const cost = money(watch.usage.costUsd);
  const facts = [
    `mode ${watch.mode}`,
    `health ${watch.health}${watch.health === 'lost' && watch.lostReason ? ` (${watch.lostReason})` : ''}`,
    count(watch.cells.length, 'step'),
    count(watch.signals.length, 'signal'),
    count(watch.verdicts.length, 'verdict'),
    count(watch.reminders.length, 'reminder'),
    count(watch.judgeCalls, 'judge call'),
    ...(used > 0 ? [`${tokens(used)} tokens${cost ? `, ${cost}` : ''}`] : []),
  ];
  return [span(facts.join(` ${look.glyphs.dot} `), watch.health === 'lost' ? 'bad' : 'quiet')];
}

/** Each step is a cell: quiet, changed something, failed; marked where a signal, a reminder or an episode touches it. */
function cellRows(watch: Watch, look: Look): Part[] {
  if (watch.cells.length === 0) return [part([span('No steps yet.', 'quiet')])];
  const signalled = new Set(watch.signals.flatMap((signal) => [...signal.evidenceSteps, signal.step]));
  const reminded = new Set(watch.reminders.map((reminder) => reminder.step));
  const perRow = Math.max(10, Math.floor((look.columns - 12) / 10) * 10);
  const rows: Part[] = [part([])];
  for (let from = 0; from < watch.cells.length; from += perRow) {
    const cells = watch.cells.slice(from, from + perRow);
    rows.push(
      part([
        span(String(cells[0]?.index ?? from).padStart(5), 'quiet'),
        span(' '),
        ...cells.map((cell): Span => drawCell(cell, signalled, reminded, look)),
      ]),
    );
  }
  const legend: Line = [
    span('      '),
    span(look.glyphs.empty, 'quiet'),
    span(' step  '),
    span(look.glyphs.full, 'good'),
    span(' changed files  '),
    span(look.glyphs.full, 'bad'),
    span(' failed  '),
    span('?', 'warn'),
    span(' signal  '),
    span(look.glyphs.observer, 'observer'),
    span(watch.mode === 'shadow' ? ' would have spoken' : ' spoken to'),
  ];
  return [...rows, part(legend)];
}

function drawCell(cell: StepCell, signalled: ReadonlySet<number>, reminded: ReadonlySet<number>, look: Look): Span {
  if (reminded.has(cell.index)) return span(look.glyphs.observer, 'observer');
  if (signalled.has(cell.index)) return span('?', 'warn');
  if (cell.failed > 0) return span(look.glyphs.full, 'bad');
  return cell.changed ? span(look.glyphs.full, 'good') : span(look.glyphs.empty, 'quiet');
}

const outcomes: Readonly<Record<string, readonly [Role, string]>> = {
  recovered: ['good', 'recovered'],
  persisted: ['bad', 'persisted'],
  ended: ['quiet', 'the run ended before it was known'],
  stale: ['quiet', 'over before anything could be said'],
  open: ['warn', 'open'],
};

function episodeSection(episode: Episode, look: Look): Part {
  const [role, words] = outcomes[episode.outcome ?? 'open'] ?? ['quiet', ''];
  const complied =
    episode.complied === undefined ? '' : episode.complied ? ', did what was asked' : ', did not do what was asked';
  return part([
    span(`${look.glyphs.observer} `, role),
    span(`${episode.class} from step ${episode.openedAtStep}`),
    span(` ${look.glyphs.dot} ${count(episode.interventions, 'reminder')}${complied}`, 'quiet'),
    span(` ${look.glyphs.dot} ${words}`, role),
  ]);
}

function reminderSection(reminder: Reminder, look: Look): Part {
  return part(
    [
      span(`step ${String(reminder.step).padStart(3)}  `, 'quiet'),
      span(`${reminder.class} `, reminder.mode === 'shadow' ? 'shadow' : 'observer'),
      span(`${look.glyphs.dot} ${reminder.rung} ${look.glyphs.dot} ${sanitize(reminder.evidence)}`, 'quiet'),
    ],
    (inner) => drawReminder(reminder, inner),
  );
}

function signalSection(signal: Signal): Part {
  return part(
    [
      span(`step ${String(signal.step).padStart(3)}  `, 'quiet'),
      span(signal.detector, 'warn'),
      span(`  ${signal.class}  ${sanitize(signal.evidence)}`, 'quiet'),
    ],
    (inner) => [
      ...wrapText(sanitize(signal.evidence), inner.columns - 2),
      [span(`steps ${signal.evidenceSteps.join(', ')}, confidence ${signal.confidence.toFixed(2)}`, 'quiet')],
    ],
  );
}

function verdictSection(verdict: Verdict): Part {
  const quote = verdict.quote === undefined ? [] : [`"${verdict.quote}"`];
  return part(
    [
      span(`step ${String(verdict.atStep).padStart(3)}  `, 'quiet'),
      span(verdict.class, 'observer'),
      span(
        `  by ${verdict.detector ?? verdict.source}, ${verdict.confidence.toFixed(2)}  ${sanitize(verdict.evidence)}`,
        'quiet',
      ),
    ],
    (inner) =>
      [verdict.evidence, ...quote, ...(verdict.advice ? [verdict.advice] : [])].flatMap((text) =>
        wrapText(sanitize(text), inner.columns - 2),
      ),
  );
}

function suppressedSection(suppressed: Suppressed): Part {
  return part([
    span(`step ${String(suppressed.step).padStart(3)}  `, 'quiet'),
    span(`${suppressed.detector ?? suppressed.class}  `),
    span(sanitize(suppressed.reason), 'quiet'),
  ]);
}

const settings: Readonly<Record<DetectorSetting['kind'], string>> = {
  mute: 'muted for this session',
  'go-on': 'told to go on',
  allow: 'allowed more',
  watch: '',
};

function detectorParts(watch: Watch, observer: ObserverControl): Part[] {
  return (observer.detectors?.() ?? []).map(({ name, setting }) => {
    const seen = watch.signals.filter((signal) => signal.detector === name).length;
    const words =
      setting === undefined ? '' : setting.kind === 'allow' ? `${setting.more} more allowed` : settings[setting.kind];
    return part(
      [
        span(name.padEnd(28)),
        span(seen > 0 ? count(seen, 'signal') : '', 'warn'),
        span(words === '' ? '' : `  ${words}`, 'accent'),
      ],
      undefined,
      { kind: 'detector', name },
    );
  });
}

function ledgerPart(line: LedgerLine, look: Look): Part {
  return part(
    [
      span(
        `${line.isLifted ? look.glyphs.failed : line.isAdvice ? ' ' : look.glyphs.ok} `,
        line.isLifted ? 'quiet' : 'good',
      ),
      span(sanitize(line.words), undefined, line.isLifted ? { isStruck: true } : undefined),
      span(`  ${line.source}${line.isLifted ? ', lifted' : line.isAdvice ? ', not checked by code' : ''}`, 'quiet'),
    ],
    undefined,
    { kind: 'ledger', line },
  );
}
