import { messageOf } from '../core/errors.ts';
import { loadPrompt } from '../core/prompt.ts';
import { sanitize } from '../core/sanitize.ts';
import { clip } from '../core/text.ts';
import type { App } from './app.ts';
import { emptyComposer, setText } from './composer.ts';
import type { CommandOutcome } from './deps.ts';
import { type Message, unfold } from './folds.ts';
import { runShell } from './shell.ts';

/** Characters of a `!` command's output that go to the model with the next message. */
const shellClip = 12_000;

/** Enter: a slash command, a shell command, or words for the model. */
export async function submitComposer(app: App): Promise<void> {
  const { composer } = app.state;
  const text = composer.buffer.text.trim();
  if (text === '') return;
  const clear = () => {
    app.history.add(text);
    app.state.composer = { ...emptyComposer, killed: composer.killed };
    app.state.completion = undefined;
  };
  const command = /^\/([^\s/]+)(?:\s+([\s\S]*))?$/.exec(text);
  if (command) {
    clear();
    app.repaint();
    return runCommand(app, command[1] ?? '', (command[2] ?? '').trim());
  }
  if (text.startsWith('!') && text.length > 1) {
    clear();
    app.repaint();
    return runUserShell(app, text.slice(1).trim());
  }
  try {
    const message = await unfold(text, composer.folds);
    clear();
    sendMessage(app, message, text);
  } catch (error) {
    app.notice(messageOf(error), 'bad');
  }
}

/** Sends words to the model: at once when it is idle, else at the next step. */
export function sendMessage(app: App, message: Message, shown: string): void {
  const words = app.state.pendingWords;
  app.state.pendingWords = '';
  const full = { ...message, text: words === '' ? message.text : `${words}\n\n${message.text}` };
  if (app.state.isRunning) {
    app.dispatch({ type: 'screen.queue', text: full.text });
    app.deps.session.queue(full.text, full.images);
    app.repaint();
  } else {
    void runTurn(app, full, shown);
  }
}

async function runTurn(app: App, message: Message, shown: string): Promise<void> {
  const { session } = app.deps;
  app.state.isRunning = true;
  app.dispatch({ type: 'screen.submit', text: message.text, shown, images: message.images.length });
  setWorkingTitle(app, shown);
  const turn = session.submit(message.text, message.images);
  // The request goes out before what is drawn of it: the first paint of a turn takes as long as all that leads to the request.
  app.repaintAfterwards();
  await turn;
  app.state.isRunning = false;
  app.terminal.setTitle(`wink-agent ${shortTask(shown)}`);
  if (!app.state.isFocused) app.terminal.notify(`wink-agent has finished: ${shortTask(shown)}`);
  const queued = session.takeQueued();
  app.dispatch({ type: 'screen.unqueue' });
  if (queued.length === 0) return app.repaint();
  const text = queued.join('\n\n');
  if (app.state.view.result?.outcome === 'aborted') return giveBack(app, text);
  return runTurn(app, { text, images: [] }, text);
}

/** Esc: the run stops, and what was queued comes back into the composer. */
export function interrupt(app: App): void {
  if (app.state.shell) {
    app.state.shell.kill();
    return;
  }
  const queued = app.deps.session.takeQueued();
  app.dispatch({ type: 'screen.unqueue' });
  if (queued.length > 0) giveBack(app, queued.join('\n\n'));
  app.deps.session.interrupt();
  app.setHint('Interrupting; nothing goes on by itself.');
}

function giveBack(app: App, text: string): void {
  const { buffer } = app.state.composer;
  app.state.composer = setText(app.state.composer, buffer.text === '' ? text : `${text}\n\n${buffer.text}`);
  app.repaint();
}

export async function runCommand(app: App, name: string, argument: string): Promise<void> {
  const command = app.commands().find((candidate) => candidate.name === name);
  if (command === undefined) return app.notice(`There is no command /${name}; /help lists them all.`, 'warn');
  let outcome: CommandOutcome;
  try {
    outcome = await command.run(argument);
  } catch (error) {
    return app.notice(`/${name}: ${messageOf(error)}`, 'bad');
  }
  if (outcome?.show) app.print({ kind: 'shown', markdown: outcome.show });
  if (outcome?.notice) app.notice(outcome.notice, 'good');
  if (outcome?.submit)
    sendMessage(app, { text: outcome.submit, images: [] }, `/${name}${argument === '' ? '' : ` ${argument}`}`);
  app.repaint();
}

async function runUserShell(app: App, command: string): Promise<void> {
  if (app.state.shell) return app.notice('A command is still running; Esc ends it.', 'warn');
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
  const output = clip(sanitize(end.output), shellClip, (omitted) => `${omitted} characters left out`);
  const words = loadPrompt('user-command', {
    command,
    exit: end.exitCode === null ? 'ended by a signal' : `exit code ${end.exitCode}`,
    output: output.trim() || '(no output)',
  });
  app.state.pendingWords = app.state.pendingWords === '' ? words : `${app.state.pendingWords}\n\n${words}`;
  app.repaint();
}

function setWorkingTitle(app: App, task: string): void {
  app.terminal.setTitle(`${app.state.look.glyphs.call} wink-agent ${shortTask(task)}`);
}

function shortTask(task: string): string {
  return task.replace(/\s+/g, ' ').slice(0, 50);
}
