import type { Event } from '../../core/event.ts';
import { describeCompactEnd } from '../../core/run/compact-end.ts';
import { count } from '../../core/text/count.ts';
import { stepRange } from '../../core/text/step-range.ts';
import type { App } from '../app.ts';
import { Words } from '../components/layout/Words.tsx';
import { draftOf, putDraft, setText } from '../input/composer.ts';
import { draftOfMessage } from '../input/folds.ts';
import { changeMs } from '../input/key-queue.ts';
import { openDiff } from '../panels/page/diff-page.tsx';
import { askChoice } from '../panels/question/choice.tsx';
import type { CheckpointControl, ListedSession, RewindKind, SessionControl, SlashCommand } from '../screen-deps.ts';
import { shownWords } from '../text/shown-words.ts';
import { asideCommand } from './aside-command.tsx';
import { agentWorks, choiceCommand, listIsLate, listUnlessTyping, pick, refuseWhileBusy } from './choice-command.ts';
import { commitCommand, reviewCommand } from './commit.tsx';
import { drawContext } from './context-bar.ts';
import { jobsCommand } from './jobs-command.tsx';
import { learnCommand } from './learn.tsx';
import { rulesCommand } from './rules-command.ts';
import { undoCommands } from './undo.ts';
import { whileShown } from './while-shown.ts';

/** Commands whose engine is the session's. */
export function sessionCommands(app: App): SlashCommand[] {
  const { session } = app.deps;
  return [
    modelCommand(app, session),
    compactCommand(app, session),
    {
      name: 'context',
      help: 'what fills the context window',
      run: () => ({ show: drawContext(session.contextParts(), session.contextWindow(), app.state.look.glyphs) }),
    },
    ...(session.checkpoints ? checkpointCommands(app, session.checkpoints) : []),
    {
      name: 'sessions',
      help: 'lists the saved sessions of this repository',
      run: async () => ({ show: sessionTable(await session.sessions()) }),
    },
    resumeCommand(app, session),
    clearCommand(app, session),
    learnCommand(app, session.memory),
    reviewCommand(session.git),
    commitCommand(app, session.git),
    rulesCommand(app, session),
    jobsCommand(app, session),
    asideCommand(app, session),
  ];
}

function checkpointCommands(app: App, checkpoints: CheckpointControl): SlashCommand[] {
  return [
    {
      name: 'diff',
      help: 'what has changed',
      run: async () => {
        const views = await checkpoints.diff();
        if (views.length === 0) return { notice: 'Nothing has changed in this session.' };
        openDiff(app, views);
        return undefined;
      },
    },
    ...undoCommands(app, checkpoints),
    {
      name: 'rewind',
      help: 'goes back to an earlier message: conversation, files or both',
      run: async () => {
        await openRewind(app);
        return undefined;
      },
    },
  ];
}

function modelCommand(app: App, { listModels, setModel }: SessionControl): SlashCommand {
  return choiceCommand(app, {
    name: 'model',
    title: 'Model',
    help: 'another model for the next steps; lists what the endpoint offers',
    hint: '[name]',
    choices: async () => (await listModels()).map((text) => ({ text, isCurrent: text === app.state.view.model })),
    empty: 'The endpoint names no models; /model NAME sets one.',
    take: async (model) => {
      await setModel(model);
      app.dispatch({ type: 'screen.model', model });
      const known = await listModels().catch(() => []);
      const notice = `The next request goes to ${model}.`;
      if (known.length === 0 || known.some((name) => model === name || model.endsWith(`/${name}`))) return { notice };
      return { refusal: `${notice} It is not in the endpoint's own list; /model shows that.` };
    },
  });
}

function compactCommand(app: App, { compact }: SessionControl): SlashCommand {
  return {
    name: 'compact',
    help: 'sums up the conversation so far; words behind it say what matters',
    hint: '[focus]',
    run: async (focus) => {
      const busy = refuseWhileBusy(app, '/compact');
      if (busy) return busy;
      const end = await whileShown(app, 'compact: the model sums up the conversation', async ({ signal }) =>
        compact(focus, signal).catch((error: unknown) => {
          if (signal.aborted) return undefined;
          throw error;
        }),
      );
      if (end?.kind === 'done') return undefined;
      return { refusal: end === undefined ? 'Nothing was summed up: you stopped it.' : describeCompactEnd(end) };
    },
  };
}

function sessionTable(sessions: readonly ListedSession[]): string {
  const rows = sessions
    .slice(0, 30)
    .map(
      (one) =>
        `| ${one.id} | ${when(one.at)} | ${one.steps} | ${one.outcome ?? ''} | ${oneLine(shownWords(one.task), 60).replaceAll('|', '\\|')} |`,
    );
  return rows.length === 0
    ? 'No sessions are saved for this repository yet.'
    : `| id | last | steps | ended | task |\n|---|---|---:|---|---|\n${rows.join('\n')}`;
}

function resumeCommand(app: App, session: SessionControl): SlashCommand {
  return {
    name: 'resume',
    help: 'continues a saved session',
    hint: '[id]',
    run: async (argument) => {
      if (app.state.isRunning) return agentWorks;
      const saved = await listUnlessTyping(app, session.sessions());
      if (saved === undefined) return listIsLate;
      const others = saved.filter(({ id }) => id !== session.id());
      const entries = others.map((one) => ({
        label: oneLine(shownWords(one.task), 200),
        detail: `${count(one.steps, 'step')}, ${when(one.at)}`,
        value: one.id,
      }));
      const empty = 'No other sessions are saved for this repository.';
      const id = argument || (await pick(app, { title: 'Resume a session', entries, empty }));
      if (!id) return undefined;
      showHistory(app, await app.keyHolds.hold(() => session.resume(id), changeMs));
      return { notice: `Session ${id} continues.` };
    },
  };
}

function clearCommand(app: App, { clear }: SessionControl): SlashCommand {
  return {
    name: 'clear',
    aliases: ['new'],
    help: 'starts a new session',
    run: async () => {
      if (app.state.isRunning) return agentWorks;
      await app.keyHolds.hold(clear, changeMs);
      app.dispatch({ type: 'screen.reset' });
      return { notice: 'A new session has begun; the old one is saved, and /resume opens it.' };
    },
  };
}

/** Shows another conversation: a rule, then its notes and steps. */
export function showHistory(app: App, history: readonly Event[]): void {
  app.dispatch({ type: 'screen.reset' });
  app.dispatchPast(history);
}

/** Esc Esc: picks an earlier message, asks what to take back, and puts the words into the composer. */
export async function openRewind(app: App): Promise<void> {
  const { checkpoints } = app.deps.session;
  if (!checkpoints) return;
  if (app.state.isRunning) return app.notice(agentWorks.refusal, 'warn');
  const messages = app.state.view.items.flatMap((item) =>
    item.kind === 'user' ? [{ label: oneLine(item.text, 200), detail: stepRange([item.step]), value: item }] : [],
  );
  const picked = await pick(app, {
    title: 'Go back to before a message',
    entries: messages,
    initial: messages.length - 1,
    empty: 'There are no messages yet.',
  });
  if (picked === undefined) return;
  const changes = await checkpoints.previewRewind(picked.step);
  if (app.state.isRunning) return app.notice(agentWorks.refusal, 'warn');
  const what = await askRewindKind(app, changes);
  if (what === undefined) return;
  const {
    history,
    words,
    images = [],
    message,
  } = await app.keyHolds.hold(() => checkpoints.rewind(picked.step, what), changeMs);
  if (what !== 'files') {
    const { usage, watch } = app.state.view;
    showHistory(app, history);
    // What was paid for the steps that are taken back stays spent.
    app.dispatch({ type: 'screen.paid', usage, judgeCalls: watch.judgeCalls, judgeUsage: watch.usage });
    app.history.add(draftOf(app.state.composer));
    app.state.composer = putDraft(setText(app.state.composer, ''), draftOfMessage(words, images));
  }
  app.notice(message, 'good');
}

function askRewindKind(app: App, changes: readonly string[]): Promise<RewindKind | undefined> {
  const options = [
    { label: 'Conversation and files', keys: ['b'], answer: (): RewindKind => 'both' },
    { label: 'Conversation only', keys: ['c'], answer: (): RewindKind => 'conversation' },
    { label: 'Files only', keys: ['f'], answer: (): RewindKind => 'files' },
  ];
  const body = <Words role="quiet">{changes.join('\n')}</Words>;
  return askChoice<RewindKind | undefined>(app.panels, {
    title: 'What should go back?',
    body,
    options,
    onEscape: undefined,
    signal: app.state.pause.signal,
  });
}

function when(iso: string): string {
  return iso.slice(0, 16).replace('T', ' ');
}

function oneLine(text: string, most: number): string {
  const flat = text.replace(/\s+/g, ' ').trim();
  return flat.length > most ? `${flat.slice(0, most - 1)}…` : flat;
}
