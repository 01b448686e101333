import { existsSync } from 'node:fs';
import { messageOf } from '../core/errors.ts';
import { loadPrompt } from '../core/prompt.ts';
import { clip } from '../core/text/clip.ts';
import { sanitize } from '../core/text/sanitize.ts';
import type { App } from './app.ts';
import { createCommands } from './commands/commands.ts';
import { findElsewhere } from './commands/find-elsewhere.ts';
import { cleared, type Draft, draftOf, joinDrafts, putDraft } from './input/composer.ts';
import { type Message, unfold } from './input/folds.ts';
import { offerStart } from './panels/question/start-plan.tsx';
import type { CommandAnswer, SlashCommand } from './screen-deps.ts';
import { endPause } from './state/app-state.ts';
import { replaceDraft, restoreDraft } from './state/replace-draft.ts';
import type { QueuedDraft } from './state/view.ts';
import { runShell, type ShellEnd } from './terminal/users-shell.ts';

/** Characters of a `!` command's output that go to the model with the next message. */
const shellClip = 12_000;

/** Enter: a slash command, a shell command, or words for the model. What can't be sent stays in the composer. */
export async function submitComposer(app: App): Promise<void> {
  const draft = draftOf(app.state.composer);
  const text = draft.text.trim();
  if (text === '') return;
  const [, name] = /^\/([^\s/]+)(?:\s[\s\S]*)?$/.exec(text) ?? [];
  const command = name === undefined ? undefined : findCommand(app, name);
  if (name !== undefined && !command && !existsSync(`/${name}`))
    return app.notice(
      `There is no command /${name}; ${app.deps.explainMissing?.(name) ?? findElsewhere(name) ?? '/help lists them all'}.`,
      'warn',
    );
  if (text === '!') return app.notice('Write a command after the !.', 'warn');
  app.history.add(draft);
  // At once: what is typed while an image is read belongs to the next message.
  app.state.composer = cleared(app.state.composer);
  restoreDraft(app.state);
  app.state.completion = undefined;
  // What Enter starts goes before its picture: a paint takes as long as all that leads to the request.
  app.repaintAfterwards();
  let message: Message;
  try {
    message = await unfold(text, draft.folds);
  } catch (error) {
    app.state.composer = putDraft(app.state.composer, draft);
    return app.notice(messageOf(error), 'bad');
  }
  if (name !== undefined && command)
    return runCommand(app, command, {
      argument: message.text.slice(name.length + 1).trim(),
      images: message.images,
      draft,
    });
  if (text.startsWith('!')) {
    if (!app.state.shell) return void runUserShell(app, message.text.slice(1).trim());
    app.state.composer = putDraft(app.state.composer, draft);
    return app.notice('A command is still running; Esc ends it. Then send this one.', 'warn');
  }
  sendMessage(app, message, draft);
}

/** Sends words to the model: at once when it is idle, else at the next step. */
export function sendMessage(app: App, message: Message, draft: Draft): void {
  const ran = app.state.pendingWords;
  app.state.pendingWords = '';
  const full = { ...message, text: joinWords(ran, message.text), draft, ran };
  for (const missing of app.deps.session.missingMentions(message.text))
    app.notice(`@${missing} names no file here; it was sent as words.`, 'warn');
  if (!app.state.isRunning) return void runTurn(app, full);
  enqueue(app, full);
  app.repaint();
}

function enqueue(app: App, queued: QueuedDraft): void {
  app.dispatch({ type: 'screen.queue', queued });
  app.deps.session.queue(queued.text, queued.images);
}

/** Ends of a turn after which nothing is sent by itself. */
const stopped: ReadonlySet<string | undefined> = new Set(['aborted', 'error', 'budget']);

async function runTurn(app: App, message: QueuedDraft): Promise<void> {
  const { session } = app.deps;
  const { draft } = message;
  app.state.isRunning = true;
  const turnNumber = ++app.state.turns;
  endPause(app.state);
  if (app.state.view.watch.isReviewing) await session.endReview();
  app.dispatch({ type: 'screen.submit', text: message.text, shown: draft.text, images: message.images.length });
  setWorkingTitle(app, draft.text);
  const turn = session.submit(message.text, message.images);
  app.repaintAfterwards();
  await turn;
  if (app.state.turns !== turnNumber) return;
  app.state.isRunning = false;
  if (app.state.isLeaving) return;
  app.terminal.setTitle(`wink-agent ${shortTask(draft.text)}`);
  if (!app.state.isFocused) app.terminal.notify(`wink-agent has finished: ${shortTask(draft.text)}`);
  const queued = takeQueued(app, message);
  if (queued.length === 0) {
    app.repaint();
    return offerStart(app, (text) => sendMessage(app, { text, images: [] }, { text, folds: [] }));
  }
  const isUnanswered = queued.includes(message);
  if (isUnanswered)
    app.notice(
      `The model has not answered your message: ${app.state.look.takesLines ? 'an empty line sends it again' : 'it is back in the composer'}.`,
    );
  if (isUnanswered || stopped.has(app.state.view.result?.outcome)) return giveBack(app, queued);
  return runTurn(app, {
    text: queued.map((one) => one.text).join('\n\n'),
    images: queued.flatMap((one) => one.images),
    draft: joinDrafts(queued.map((one) => one.draft)),
    ran: queued.reduce((before, { ran = '' }) => joinWords(before, ran), ''),
  });
}

/** Takes back what no step has had yet, as it was written; of the turn that has ended, its own message, too. */
function takeQueued(app: App, ended?: QueuedDraft): readonly QueuedDraft[] {
  const known = [...(ended ? [ended] : []), ...app.state.view.queued];
  const taken = app.deps.session.takeQueued().map((text): QueuedDraft => {
    const place = known.findIndex((one) => one.text === text);
    return known.splice(place, place === -1 ? 0 : 1)[0] ?? { text, images: [], draft: { text, folds: [] } };
  });
  app.dispatch({ type: 'screen.unqueue' });
  return taken;
}

/** Up: the newest message that waits comes back to be changed, in the place of what is written; those before it go on waiting. */
export function editQueued(app: App): boolean {
  if (app.state.view.queued.length === 0) return false;
  const taken = takeQueued(app);
  const latest = taken.at(-1);
  for (const one of taken.slice(0, -1)) enqueue(app, one);
  if (latest) replaceDraft(app.state, latest.draft);
  app.repaint();
  return latest !== undefined;
}

/** Esc: the run stops, and what was queued comes back into the composer. */
export function interrupt(app: App): void {
  if (app.state.shell) {
    app.state.shell.kill();
    return;
  }
  giveBack(app, takeQueued(app));
  app.deps.session.interrupt();
  app.repaint();
}

function giveBack(app: App, queued: readonly QueuedDraft[]): void {
  if (queued.length === 0) return;
  app.state.composer = putDraft(app.state.composer, joinDrafts(queued.map((one) => one.draft)));
  for (const { ran = '' } of queued) app.state.pendingWords = joinWords(app.state.pendingWords, ran);
  app.repaint();
}

function joinWords(before: string, words: string): string {
  return before === '' || words === '' ? before + words : `${before}\n\n${words}`;
}

function findCommand(app: App, name: string): SlashCommand | undefined {
  const commands = createCommands(app);
  return commands.find((one) => one.name === name) ?? commands.find(({ aliases }) => aliases?.includes(name));
}

type Given = { readonly argument: string; readonly images: readonly string[]; readonly draft: Draft };

async function runCommand(app: App, command: SlashCommand, { argument, images, draft }: Given): Promise<void> {
  const { name } = command;
  let outcome: CommandAnswer;
  try {
    outcome = await command.run(argument);
  } catch (error) {
    return app.notice(`/${name}: ${messageOf(error)}`, 'bad');
  }
  if (outcome?.show) app.print({ kind: 'shown', markdown: outcome.show });
  if (outcome?.notice) app.notice(outcome.notice, 'good');
  if (outcome?.refusal) refuseCommand(app, outcome.refusal, draft);
  if (outcome?.submit)
    sendMessage(
      app,
      { text: outcome.submit, images },
      { text: `/${name}${argument === '' ? '' : ` ${argument}`}`, folds: [] },
    );
  app.repaint();
}

/** While the agent works a notice is soon out of sight: the words stay, with the reason below them. */
function refuseCommand(app: App, reason: string, draft: Draft): void {
  if (!app.state.isRunning || app.state.look.takesLines) {
    app.notice(reason, 'warn');
    return;
  }
  app.state.composer = putDraft(app.state.composer, draft);
  app.setHint(reason);
}

async function runUserShell(app: App, command: string): Promise<void> {
  const startedAt = Date.now();
  const running = runShell(command, app.deps.info.cwd, process.env, (output) => {
    app.state.shell = { command, startedAt, output, kill: running.kill };
    app.panels.soon();
  });
  app.state.shell = { command, startedAt, output: '', kill: running.kill };
  app.repaint();
  const end = await running.end;
  app.state.shell = undefined;
  app.print({ kind: 'shell', command, ...end });
  if (end.leavesProcess)
    app.notice('The command has ended; a process that it started is still running, and only you can end it.', 'info');
  const output = clip(sanitize(end.output), shellClip, (omitted) => `${omitted} characters left out`);
  const words = loadPrompt('user-command', {
    command,
    exit: describeEnd(end) + (end.leavesProcess ? '; a process that it started is still running' : ''),
    output: output.trim() || '(no output)',
  });
  app.state.pendingWords = joinWords(app.state.pendingWords, words);
  app.repaint();
}

function describeEnd({ exitCode, isStopped }: ShellEnd): string {
  if (isStopped) return 'stopped by the user before it finished';
  return exitCode === null ? 'ended by a signal' : `exit code ${exitCode}`;
}

function setWorkingTitle(app: App, task: string): void {
  app.terminal.setTitle(`${app.state.look.glyphs.call} wink-agent ${shortTask(task)}`);
}

function shortTask(task: string): string {
  return task.replace(/\s+/g, ' ').slice(0, 50);
}
