import { type App, createApp } from '../ui/app.ts';
import { interrupt, sendMessage } from '../ui/app-run.ts';
import { suggestLesson } from '../ui/commands/learn.tsx';
import { doubleMs } from '../ui/composer-keys/escape.ts';
import { createKeyHandler, isWorking } from '../ui/composer-keys/key-handler.ts';
import { keepDrafts } from '../ui/drafts/kept-drafts.ts';
import { restoreLeftDrafts, unsentDrafts } from '../ui/drafts/unsent-drafts.ts';
import { splitText } from '../ui/input/input.ts';
import { keyName, type TerminalKey } from '../ui/input/key-parser.ts';
import { createKeyQueue } from '../ui/input/key-queue.ts';
import { createKeymap } from '../ui/input/keymap.ts';
import { askFirstRun, type FirstRunChoice, type FirstRunDeps } from '../ui/panels/first-run/first-run.tsx';
import { startFirstRun } from '../ui/panels/first-run/first-run-screen.tsx';
import { createQuestions } from '../ui/panels/question/ask.tsx';
import type { ScreenDeps } from '../ui/screen-deps.ts';
import { followSize } from '../ui/terminal/resize.tsx';
import { guardTerminal, openTerminal, type Terminal } from '../ui/terminal/terminal.ts';
import { startTerminalGuard } from '../ui/terminal/terminal-guard.ts';
import { themeForBackground } from '../ui/text/choose-theme.ts';
import { createDrawContext, sizeOf } from '../ui/text/draw-context.ts';
import { createTheme } from '../ui/text/theme.ts';

export type Streams = {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly env: NodeJS.ProcessEnv;
};

/**
 * Runs the terminal screen until the user leaves or a signal ends it; resolves to the exit code. The terminal is given back as it
 * was found on every way out. Needs a terminal on both sides.
 */
export async function runInteractive(deps: ScreenDeps, streams: Streams = process): Promise<number> {
  const { stdin, stdout, env } = streams;
  if (deps.info.isPlain || env.TERM === 'dumb')
    return (await import('../ui/terminal/plain.tsx')).runPlain(deps, streams, connectSession);
  const terminalGuard = startTerminalGuard();
  const opened = openTerminal(stdin, stdout, env);
  const terminal = deps.info.notifies === false ? { ...opened, notify: () => undefined } : opened;
  const guard = guardTerminal(terminal);
  try {
    const screen = import('../ui/terminal/mount-screen.tsx');
    // Changed earlier, the guard would note our settings for the user's.
    await terminalGuard.ready;
    terminal.take();
    const { mountScreen } = await screen;
    return await new Promise<number>((resolve) => {
      const unmount = startScreen(deps, terminal, env, mountScreen, (code) => {
        unmount('left');
        resolve(code);
      });
      guard.onSignal((code) => {
        unmount('ended');
        resolve(code);
      });
    });
  } finally {
    terminal.restore();
    guard.end();
    terminalGuard.end();
  }
}

/**
 * The first-run screen: asks how to get a model and resolves to the answer; keeping it is the caller's. Gives the terminal back as
 * it was found.
 */
export async function runFirstRun(deps: FirstRunDeps, streams: Streams = process): Promise<FirstRunChoice> {
  const { stdin, stdout, env } = streams;
  const terminal = openTerminal(stdin, stdout, env);
  const guard = guardTerminal(terminal);
  terminal.take();
  try {
    const { mountScreen } = await import('../ui/terminal/mount-screen.tsx');
    const { store, press, panels, left, stop } = startFirstRun(deps.info, env, terminal);
    const unmount = mountScreen(store, press, terminal);
    const choice = await Promise.race([askFirstRun(panels, deps), left]);
    stop();
    unmount();
    return choice;
  } finally {
    terminal.restore();
    guard.end();
  }
}

type Mount = typeof import('../ui/terminal/mount-screen.tsx').mountScreen;

function startScreen(
  deps: ScreenDeps,
  terminal: Terminal,
  env: NodeJS.ProcessEnv,
  mountScreen: Mount,
  leave: (code: number) => void,
): (how: 'left' | 'ended') => void {
  const { stdout } = terminal;
  const look = createDrawContext(deps.info, env, stdout);
  const { app, screenView } = createApp(deps, terminal, look, leave);
  const disconnect = connectSession(app);
  deps.ownStatus?.onChange(app.repaint);
  deps.session.onJobEnd(({ words, isFailed }) => {
    if (words !== undefined && !app.state.isLeaving) app.notice(words, isFailed ? 'warn' : 'info');
    app.repaint();
  });
  const drafts = keepDrafts(deps.info.winkHome, deps.info.cwd, () => unsentDrafts(app));
  const left = drafts.take();
  const onScreen = left && restoreLeftDrafts(app, left);
  const unmount = mountScreen(screenView.store, createPress(app, onScreen?.giveWay), terminal);
  const unfollow = followSize({
    store: screenView.store,
    terminal,
    blank: screenView.blank,
    reprint: screenView.reprint,
    redraw: () => {
      app.state.look = { ...app.state.look, ...sizeOf(stdout) };
      app.repaint();
    },
  });
  const unkeep = screenView.store.subscribe(drafts.look);
  app.repaint();
  onScreen?.stand();
  if (deps.info.theme === undefined || deps.info.theme === 'auto') terminal.askBackground();
  terminal.setTitle('wink-agent');
  setImmediate(() => void loadRenderers(app));
  const keep = () => drafts.end(unsentDrafts(app));
  process.on('uncaughtExceptionMonitor', keep);
  let isUp = true;
  return (how) => {
    if (!isUp) return;
    isUp = false;
    process.off('uncaughtExceptionMonitor', keep);
    unkeep();
    // Who leaves has done with it: Up brings it back.
    if (how === 'left') for (const draft of unsentDrafts(app)) app.history.addAtEnd(draft);
    drafts.end(how === 'left' ? [] : unsentDrafts(app));
    app.stopPainting();
    disconnect();
    unfollow();
    screenView.blank();
    unmount();
  };
}

/** Markdown and code colours are loaded once the screen is up; until then nothing that needs them is printed. */
async function loadRenderers(app: App): Promise<void> {
  const { Markdown } = await import('../ui/components/markdown/Markdown.tsx');
  const { highlight } = await import('../ui/text/highlight.ts');
  const { cutParagraph } = await import('../ui/components/markdown/cut-paragraph.tsx');
  app.state.look = { ...app.state.look, Markdown, highlight, cutParagraph };
  app.repaint();
}

/** Listens to the session, plays back what it has, and hands in the first prompt. */
function connectSession(app: App): () => void {
  const { deps } = app;
  deps.attach(
    createQuestions({
      panels: app.panels,
      onWait: (what) => {
        if (!app.state.isFocused) app.terminal.notify(`wink-agent ${what}`);
      },
      interrupt: () => interrupt(app),
      checkRule: deps.session.checkRule,
      takesLines: app.state.look.takesLines ?? false,
    }),
  );
  const unsubscribe = deps.subscribe((event) => {
    app.dispatch(event);
    // The answer is there; what goes on behind it is the review.
    if (event.type === 'review' && event.isUnderWay) suggestLesson(app);
  });
  for (const notice of deps.info.notices ?? []) app.notice(notice, 'warn');
  app.dispatchPast(deps.info.history ?? []);
  if (deps.info.prompt) sendMessage(app, { text: deps.info.prompt, images: [] }, { text: deps.info.prompt, folds: [] });
  return unsubscribe;
}

/** Keys go to the panel on top, else to the composer; what the terminal says of itself is taken here. `beforeKey` is called before each. */
function createPress(app: App, beforeKey: () => void = () => undefined): (keys: readonly TerminalKey[]) => void {
  const handle = createKeyHandler(app);
  const keymap = createKeymap(app.deps.info.keys ?? {});
  let interruptedAt = Number.NEGATIVE_INFINITY;
  const isForDraft = () => !app.panels.top() && isWorking(app) && app.state.composer.buffer.text !== '';
  /**
   * Ctrl+C twice, and Ctrl+D where nothing is written, leave whatever has the keys. One that only takes a draft away while the agent works
   * is none of the two: the next is meant for the agent.
   */
  const leaves = (key: TerminalKey): boolean => {
    if (key.type !== 'key' && key.type !== 'paste') return false;
    const isInterrupt = key.type === 'key' && key.isCtrl && key.name === 'c';
    const isRecent = performance.now() - interruptedAt < doubleMs;
    const isDouble = isInterrupt && isRecent;
    if (isRecent && !isInterrupt) app.setHint('');
    interruptedAt = isInterrupt && !isForDraft() ? performance.now() : Number.NEGATIVE_INFINITY;
    if (key.type === 'paste') return false;
    const field = (app.panels.top() ?? app.state.question)?.field?.();
    const isWritten = app.state.composer.buffer.text !== '' || (field?.text() ?? '') !== '';
    return isDouble || (key.isCtrl && key.name === 'd' && !isWritten);
  };
  const suspends = (key: TerminalKey) => key.type === 'key' && keyName(key) === 'ctrl+z';
  const passToPanel = (key: TerminalKey) => {
    app.consent.pass(key);
    if (suspends(keymap(key))) handle(keymap(key));
    else
      for (const part of splitText(key)) {
        // What came in one piece with the key that closed a page is meant for what is below it.
        const panel = app.panels.top();
        if (panel) panel.press(part);
        else app.consent.press(keymap(part));
      }
  };
  const press = (key: TerminalKey) => {
    if (key.type === 'key' || key.type === 'paste') beforeKey();
    if (key.type === 'held-back') app.consent.takeBackEnter();
    else if (key.type === 'focus') app.state.isFocused = key.isFocused;
    else if (key.type === 'background') {
      const name = themeForBackground(key.red, key.green, key.blue);
      app.state.look = { ...app.state.look, theme: createTheme(name, app.state.look.theme.depth) };
      app.repaint();
    } else if (leaves(key)) app.leave(0);
    else if (!app.panels.top()) app.consent.press(keymap(key));
    else passToPanel(key);
  };
  app.onComposerKey(handle);
  return createKeyQueue(press, app.batch, app.keyHolds).take;
}
