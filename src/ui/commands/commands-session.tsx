import type { Event } from '../../core/event.ts';
import { describeCompactEnd } from '../../core/run/compact-end.ts';
import { count } from '../../core/text/count.ts';
import { stepRange } from '../../core/text/step-range.ts';
import type { App } from '../app.ts';
import { Words } from '../components/layout/Words.tsx';
import { draftOf, putDraft, setText } from '../input/composer.ts';
import { draftOfMessage } from '../input/folds.ts';
import { openDiff } from '../panels/page/diff-page.tsx';
import { openPicker } from '../panels/picker/open-picker.tsx';
import { askChoice } from '../panels/question/choice.tsx';
import type { CommandAnswer, RewindKind, SessionControl, SlashCommand } from '../screen-deps.ts';
import { jobsCommand, rulesCommand } from './commands-granted.ts';
import { commitCommand, reviewCommand } from './commit.tsx';
import { drawContext } from './context-bar.ts';
import { learnCommand } from './learn.tsx';
import { whileShown } from './while-shown.ts';

/** Commands whose engine is the session's; each is there only when the session can do it. */
export function sessionCommands(app: App): SlashCommand[] {
  const { session } = app.deps;
  const commands: (SlashCommand | undefined)[] = [
    session.listModels && session.setModel && modelCommand(app, session.listModels, session.setModel),
    session.compact && compactCommand(app, session.compact),
    session.contextParts && {
      name: 'context',
      help: 'what fills the context window',
      run: () => ({
        show: drawContext(session.contextParts?.() ?? [], session.contextWindow?.(), app.state.look.glyphs),
      }),
    },
    session.diff && diffCommand(app, session.diff),
    session.undo && {
      name: 'undo',
      help: 'takes back the file changes of the last turn',
      run: () => betweenTurns(app, session.undo),
    },
    session.redo && {
      name: 'redo',
      help: 'does again what /undo took back',
      run: () => betweenTurns(app, session.redo),
    },
    session.rewind && {
      name: 'rewind',
      help: 'goes back to an earlier message: conversation, files or both',
      run: async () => {
        await openRewind(app);
        return undefined;
      },
    },
    session.sessions && {
      name: 'sessions',
      help: 'lists the saved sessions of this repository',
      run: () => listSessions(session),
    },
    session.sessions && session.resume && resumeCommand(app, session),
    session.clear && clearCommand(app, session.clear),
    session.memory && learnCommand(app, session.memory),
    session.git && reviewCommand(session.git),
    session.git && commitCommand(app, session.git),
    session.rules && rulesCommand(app, session.rules, session.revokeRule),
    session.jobs && jobsCommand(app, session.jobs, session.endJob),
  ];
  return commands.filter((command) => command !== undefined);
}

/** Takes changes back, or does them again: while the agent works it would change them under its hands. */
async function betweenTurns(app: App, change: SessionControl['undo']): Promise<CommandAnswer> {
  if (app.state.isRunning) return working;
  return { notice: (await change?.()) ?? '' };
}

const working = { refusal: 'The agent is working; interrupt it first (Esc).' };

function modelCommand(
  app: App,
  list: NonNullable<SessionControl['listModels']>,
  set: NonNullable<SessionControl['setModel']>,
): SlashCommand {
  return {
    name: 'model',
    help: 'another model for the next steps; lists what the endpoint offers',
    hint: '[name]',
    complete: () => list().catch(() => []),
    run: async (argument) => {
      const models = argument === '' ? await list() : [];
      const entries = models.map((value) => ({ label: value, value }));
      const model =
        argument ||
        (await openPicker(app.panels, {
          title: 'Model',
          entries,
          initial: Math.max(0, models.indexOf(app.state.view.model)),
          empty: 'the endpoint names no models; /model NAME sets one',
        }));
      if (!model) return undefined;
      await set(model);
      app.dispatch({ type: 'screen.model', model });
      return { notice: `The next request goes to ${model}.` };
    },
  };
}

function compactCommand(app: App, compact: NonNullable<SessionControl['compact']>): SlashCommand {
  return {
    name: 'compact',
    help: 'sums up the conversation so far; words behind it say what matters',
    hint: '[focus]',
    run: async (focus) => {
      if (app.state.isRunning) return { refusal: 'The agent is working; /compact is for between two runs.' };
      if (app.state.shell) return { refusal: 'A command of yours is running; /compact is for afterwards.' };
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

function diffCommand(app: App, diff: NonNullable<SessionControl['diff']>): SlashCommand {
  return {
    name: 'diff',
    help: 'what has changed',
    run: async () => {
      const views = await diff();
      if (views.length === 0) return { notice: 'Nothing has changed.' };
      openDiff(app, views);
      return undefined;
    },
  };
}

async function listSessions(session: SessionControl): Promise<{ show: string }> {
  const sessions = (await session.sessions?.()) ?? [];
  const rows = sessions
    .slice(0, 30)
    .map((one) => `| ${one.id} | ${when(one.at)} | ${one.steps} | ${one.outcome ?? ''} | ${oneLine(one.task, 60)} |`);
  return {
    show:
      rows.length === 0
        ? 'No sessions are saved for this repository yet.'
        : `| id | last | steps | ended | task |\n|---|---|---:|---|---|\n${rows.join('\n')}`,
  };
}

function resumeCommand(app: App, session: SessionControl): SlashCommand {
  return {
    name: 'resume',
    help: 'continues a saved session',
    hint: '[id]',
    run: async (argument) => {
      if (app.state.isRunning) return working;
      const sessions = argument === '' ? ((await session.sessions?.()) ?? []) : [];
      const others = sessions.filter(({ id }) => id !== session.id());
      const entries = others.map((one) => ({
        label: oneLine(one.task, 200),
        detail: `${count(one.steps, 'step')}, ${when(one.at)}`,
        value: one.id,
      }));
      const id =
        argument || (await openPicker(app.panels, { title: 'Resume a session', entries, empty: 'no saved sessions' }));
      if (!id || !session.resume) return undefined;
      showHistory(app, await session.resume(id));
      return { notice: `Session ${id} goes on.` };
    },
  };
}

function clearCommand(app: App, clear: NonNullable<SessionControl['clear']>): SlashCommand {
  return {
    name: 'clear',
    help: 'starts a new session',
    run: async () => {
      if (app.state.isRunning) return working;
      await clear();
      app.dispatch({ type: 'screen.reset' });
      return { notice: 'A new session; the old one is saved (/resume).' };
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
  const { session } = app.deps;
  if (!session.rewind) return;
  if (app.state.isRunning) return app.notice(working.refusal, 'warn');
  const messages = app.state.view.items.flatMap((item) =>
    item.kind === 'user' ? [{ label: oneLine(item.text, 200), detail: stepRange([item.step]), value: item }] : [],
  );
  const picked = await openPicker(app.panels, {
    title: 'Go back to before a message',
    entries: messages,
    initial: messages.length - 1,
    empty: 'no messages yet',
  });
  if (picked === undefined) return;
  const changes = (await session.previewRewind?.(picked.step)) ?? [];
  const what = await askRewindKind(app, changes);
  if (what === undefined) return;
  const { history, words, images = [], message } = await session.rewind(picked.step, what);
  if (what !== 'files') {
    showHistory(app, history);
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
    title: 'What shall go back?',
    body,
    options,
    onEscape: undefined,
  });
}

function when(iso: string): string {
  return iso.slice(0, 16).replace('T', ' ');
}

function oneLine(text: string, most: number): string {
  const flat = text.replace(/\s+/g, ' ').replaceAll('|', '\\|').trim();
  return flat.length > most ? `${flat.slice(0, most - 1)}…` : flat;
}
