import { Box } from 'ink';
import type { ReactNode } from 'react';
import type { Role } from '../../../core/screen/theme-roles.ts';
import { count } from '../../../core/text/count.ts';
import { stepRange } from '../../../core/text/step-range.ts';
import type { Episode, Reminder, Signal, Verdict } from '../../../core/types.ts';
import type { App } from '../../app.ts';
import { Tone } from '../../components/layout/Tone.tsx';
import { Words } from '../../components/layout/Words.tsx';
import { Cells } from '../../components/observer/Cells.tsx';
import { ReminderCard } from '../../components/observer/ReminderCard.tsx';
import { WatchSummary } from '../../components/observer/WatchSummary.tsx';
import { useDrawContext } from '../../hooks/use-draw-context.ts';
import type { DetectorSetting, LedgerLine, ObserverControl } from '../../screen-deps.ts';
import type { WatchView } from '../../state/view.ts';
import { askLine } from '../question/ask-line.tsx';
import { openPage, type Section } from './open-page.tsx';

/** A row of the page that keys can act upon. */
type Subject =
  | { readonly kind: 'detector'; readonly name: string }
  | { readonly kind: 'reminder'; readonly id: string }
  | { readonly kind: 'ledger'; readonly line: LedgerLine }
  | undefined;

type Part = { readonly section: Section; readonly subject: Subject };

/** `/wink`: what the observer saw and did in this session, step by step, and how to overrule it. */
export function openTimeline(app: App): void {
  let parts: readonly Part[] = [];
  let told = '';
  const tell = (words: string) => {
    told = words;
  };
  const { observer } = app.deps;
  openPage(app.panels, {
    title: 'What the observer saw',
    version: () =>
      `${app.state.view.watch.cells.length} ${told} ${JSON.stringify(observer.ledger())} ${JSON.stringify(observer.detectors())}`,
    sections: () => {
      parts = timelineParts(app.state.view.watch, observer);
      return parts.map((part) => part.section);
    },
    press: (key, section) => actOn(app, parts[section]?.subject, key.text, tell),
    told: () => told,
    help: 'Enter unfolds; f false alarm (the reminder here, or the last one); on a detector: m mute, n allow more, o go on, w watch again; on the ledger: x lift, + add; q closes',
    startsAtEnd: false,
  });
}

function actOn(app: App, subject: Subject, letter: string, tell: (words: string) => void): boolean {
  const { observer } = app.deps;
  if (letter === '+') {
    void askText(app, 'Add to the ledger', 'A constraint in your words:', (words) => {
      tell(observer.add(words) ?? 'Added; it holds from now on.');
    });
    return true;
  }
  // One key, wherever the cursor is: most often it is the last reminder that was wrong.
  if (letter === 'f') {
    tell(callWrong(app, subject?.kind === 'reminder' ? subject.id : undefined));
    return true;
  }
  if (subject?.kind === 'ledger' && letter === 'x') {
    observer.lift(subject.line.id);
    tell('Lifted; it no longer holds.');
    return true;
  }
  if (subject?.kind !== 'detector') return false;
  if (letter === 'n') {
    void askText(app, `Allow more from ${subject.name}`, 'How many steps more:', (words) => {
      const more = Number.parseInt(words, 10);
      if (more > 0) observer.setDetector(subject.name, { kind: 'allow', more });
    });
    return true;
  }
  const setting = ({ m: { kind: 'mute' }, o: { kind: 'go-on' }, w: { kind: 'watch' } } as const)[letter];
  if (setting === undefined) return false;
  observer.setDetector(subject.name, setting);
  return true;
}

/** Marks a reminder, or the last one, as a false alarm; gives what to tell the user. */
export function callWrong(app: App, id?: string): string {
  const reminder = app.deps.observer.markWrong(id);
  return reminder === undefined
    ? 'There is no such reminder in this session.'
    : `Noted as a false alarm: ${reminder.class}, said before ${stepRange([reminder.step])}. It is not said again, and the report counts it.`;
}

async function askText(app: App, title: string, prompt: string, done: (words: string) => void): Promise<void> {
  const words = await askLine(app.panels, { title, prompt, isOverPage: true });
  if (words) done(words);
  app.repaint();
}

/** The page as data: cells, episodes, what was said, what was held back, detectors, ledger. */
function timelineParts(watch: WatchView, observer: ObserverControl): Part[] {
  const saidIn = watch.mode === 'shadow' ? 'Reminders (would have been said)' : 'Reminders';
  return [
    part(<WatchSummary watch={watch} />),
    part(<Cells watch={watch} />),
    ...group('Episodes', watch.episodes, episodePart),
    ...group(saidIn, watch.reminders, reminderPart),
    ...group('Signals', watch.signals, signalPart),
    ...group('Verdicts', watch.verdicts, verdictPart),
    ...group('Held back, and why', watch.suppressed, ({ step, detector, class: className, reason }) =>
      part(<Entry step={step} name={detector ?? className} role="user" rest={reason} />),
    ),
    ...group('Detectors', observer.detectors(), (detector) => detectorPart(detector, watch.signals)),
    ...group('Ledger: what you said must hold', observer.ledger(), (line) =>
      part(<LedgerRow line={line} />, undefined, { kind: 'ledger', line }),
    ),
  ];
}

function part(head: ReactNode, body?: ReactNode, subject?: Subject): Part {
  return { section: { head, ...(body ? { body: () => body } : {}) }, subject };
}

function group<One>(name: string, all: readonly One[], partOf: (one: One) => Part): Part[] {
  if (all.length === 0) return [];
  const head = (
    <Box marginTop={1}>
      <Tone role="heading">{name}</Tone>
      <Tone role="quiet">{` (${all.length})`}</Tone>
    </Box>
  );
  return [part(head), ...all.map(partOf)];
}

type EntryProps = {
  /** The step it is about. */
  readonly step?: number;
  /** Stands out. */
  readonly name: string;
  readonly role: Role;
  /** Cut where there is no room. */
  readonly rest: string;
};

/** A row of the page. */
function Entry({ step, name, role, rest }: EntryProps) {
  return (
    <Box>
      {step !== undefined && (
        <Box width={10} flexShrink={0}>
          <Tone role="quiet">{stepRange([step])}</Tone>
        </Box>
      )}
      <Tone isKept role={role}>
        {name}
      </Tone>
      <Tone role="quiet">{`  ${rest}`}</Tone>
    </Box>
  );
}

const outcomes: Readonly<Record<string, readonly [Role, string]>> = {
  recovered: ['good', 'recovered'],
  persisted: ['bad', 'persisted'],
  ended: ['quiet', 'the run ended before it was known'],
  stale: ['quiet', 'over before anything could be said'],
  open: ['warn', 'open'],
};

function episodePart({ openedAtStep, class: name, outcome, complied, interventions, wrong }: Episode): Part {
  const [role, words] = outcomes[outcome ?? 'open'] ?? ['quiet', ''];
  const did = complied === undefined ? '' : complied ? ', did what was asked' : ', did not do what was asked';
  const rest = `${count(interventions, 'reminder')}${did}: ${wrong ? 'a false alarm, as you said' : words}`;
  return part(<Entry step={openedAtStep} name={name} role={role} rest={rest} />);
}

function reminderPart(reminder: Reminder): Part {
  const { step, class: name, mode, rung, evidence, id } = reminder;
  const role = mode === 'shadow' ? 'shadow' : 'observer';
  const head = <Entry step={step} name={name} role={role} rest={`${rung}: ${evidence}`} />;
  return part(head, <ReminderCard reminder={reminder} />, { kind: 'reminder', id });
}

function signalPart({ step, detector, class: name, evidence, evidenceSteps, confidence }: Signal): Part {
  return part(
    <Entry step={step} name={detector} role="warn" rest={`${name}: ${evidence}`} />,
    <Box flexDirection="column">
      <Words>{evidence}</Words>
      <Words role="quiet">{`${stepRange(evidenceSteps)}, confidence ${confidence.toFixed(2)}`}</Words>
    </Box>,
  );
}

function verdictPart({ atStep, class: name, detector, source, confidence, evidence, quote, advice }: Verdict): Part {
  const rest = `by ${detector ?? source}, ${confidence.toFixed(2)}: ${evidence}`;
  const texts = [evidence, quote === undefined ? '' : `"${quote}"`, advice ?? ''].filter((text) => text !== '');
  return part(
    <Entry step={atStep} name={name} role="observer" rest={rest} />,
    <Box flexDirection="column">
      {texts.map((text, index) => (
        <Words key={index}>{text}</Words>
      ))}
    </Box>,
  );
}

const settings: Readonly<Record<DetectorSetting['kind'], string>> = {
  mute: 'muted for this session',
  'go-on': 'told to go on',
  allow: 'allowed more',
  watch: '',
};

function detectorPart(
  { name, setting }: ReturnType<ObserverControl['detectors']>[number],
  signals: readonly Signal[],
): Part {
  const seen = signals.filter((signal) => signal.detector === name).length;
  const told = setting?.kind === 'allow' ? `${setting.more} more allowed` : settings[setting?.kind ?? 'watch'];
  const facts = [seen > 0 ? count(seen, 'signal') : '', told].filter((fact) => fact !== '');
  return part(<Entry name={name} role="accent" rest={facts.join(', ')} />, undefined, { kind: 'detector', name });
}

function LedgerRow({ line: { words, source, isLifted } }: { readonly line: LedgerLine }) {
  const { glyphs } = useDrawContext();
  return (
    <Box>
      <Tone isKept role={isLifted ? 'quiet' : 'good'}>{`${isLifted ? glyphs.failed : glyphs.ok} `}</Tone>
      <Tone strikethrough={isLifted}>{words}</Tone>
      <Tone isKept role="quiet">{`  ${source}${isLifted ? ', lifted' : ''}`}</Tone>
    </Box>
  );
}
