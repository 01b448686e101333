import { join } from 'node:path';
import { Stop } from '../../agent/stop-reason.ts';
import type { RunFlags } from '../../command-line/args.ts';
import { setInFile } from '../../config/set-value.ts';
import { UserError } from '../../core/errors.ts';
import type { Event } from '../../core/event.ts';
import type { Usage } from '../../core/types.ts';
import { joinIgnored } from '../../core/untrusted.ts';
import { readVersion } from '../../core/version.ts';
import { runInteractive } from '../../modes/interactive.tsx';
import { problemOfRules } from '../../permissions/rules.ts';
import type { ResolvedModels } from '../../providers/resolve-models.ts';
import type { ScreenDeps, ScreenQuestions, SessionControl } from '../../ui/screen-deps.ts';
import { type OpenRun, openRun } from '../run/open-run.ts';
import { chooseSession, type SessionChoice, withExperiment } from '../session-choice.ts';
import { noModel, prepareModels, prepareSetup, type Setup } from '../setup.ts';
import { goBackBeforeTrouble } from '../take-back.ts';
import { observerControl } from './observer-control.ts';
import { explainMissing, followOwnCommands } from './own-commands.ts';
import { createOwnStatus } from './own-status.ts';
import { playBackSaved } from './playback.ts';
import { sessionControl } from './session-control.ts';
import type { ShownSession } from './shown-session.ts';
import { findUpdate } from './update-notice.ts';
import { userCommands } from './user-commands.ts';

/** `wink-agent` on a terminal. Gives the exit code, or 'demo' when somebody without a model chose to see that first. */
export async function startScreen(
  setup: Setup,
  flags: RunFlags,
  wanted: { isResume: boolean; id: string | undefined; prompt: string },
): Promise<number | 'demo'> {
  const models = await prepareModels(setup);
  if (!models) return startWithoutModel(setup, flags, wanted);
  const choice = chooseSession(setup, flags, wanted);
  const shown = await openSession(withExperiment(setup, flags, choice), models, choice, wanted.prompt);
  try {
    const ownStatus = createOwnStatus(shown, shown.warn);
    if (setup.loaded.config.ui.updateNotice)
      void findUpdate(setup.home, readVersion(), setup.env).then((words) => words && shown.warn(words));
    const code = await runInteractive({
      ...screenDeps(shown),
      ...(ownStatus ? { ownStatus } : {}),
      info: screenInfo(shown, choice, wanted.prompt),
    }).finally(() => ownStatus?.stop());
    if (choice.folder) sayHowToGoOn(shown);
    return code;
  } finally {
    await closeSoon(shown);
  }
}

/** Printed below the screen: the command that goes on with what was done here. */
function sayHowToGoOn(shown: OpenSession): void {
  const { session, trajectory } = shown.current();
  if (trajectory.steps.length > 0) process.stdout.write(`To continue: wink-agent resume ${session}\n`);
}

/** How long the session may take to close once the user has left. */
const closeMs = 700;

/** Nothing runs on after the user has left: what has not ended by then ends with the process. */
async function closeSoon(shown: OpenSession): Promise<void> {
  const run = shown.current();
  // A turn that is over but for its review ends as it was; one that goes on is stopped.
  const reviewed = run.endReview();
  run.stop(new Stop('aborted', 'The user left.'));
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, closeMs);
  });
  await Promise.race([reviewed.then(run.close), late]);
  clearTimeout(timer);
  setTimeout(() => process.exit(), 100).unref();
}

async function startWithoutModel(
  setup: Setup,
  flags: RunFlags,
  wanted: Parameters<typeof startScreen>[2],
): Promise<number | 'demo'> {
  if (setup.loaded.config.ui.accessible || setup.env.TERM === 'dumb') throw new UserError(noModel);
  const { chooseFirstModel } = await import('../../command-line/first-run.ts');
  const answer = await chooseFirstModel(setup);
  if (answer === 'leave') return 0;
  if (answer === 'demo') return 'demo';
  return startScreen(await prepareSetup(flags, setup.env), flags, wanted);
}

type OpenSession = ShownSession & {
  readonly attach: ScreenDeps['attach'];
  /** A sentence for the user on the screen. */
  readonly warn: (message: string) => void;
};

async function openSession(
  setup: Setup,
  models: ResolvedModels,
  first: SessionChoice,
  task: string,
): Promise<OpenSession> {
  const listeners = new Set<(event: Event) => void>();
  let questions: ScreenQuestions | undefined;
  const open = async (choice: SessionChoice, paid?: Usage): Promise<OpenRun> => {
    const run = await openRun({
      setup,
      models,
      choice,
      ...(paid && { paid }),
      isInteractive: true,
      reviewsBehind: true,
      task: choice.saved?.header.task ?? task,
      askUser: async (request, signal) => {
        if (!questions) return { kind: 'deny' };
        const answer = await questions.approve(request, signal);
        // A rule that can't be granted allows this one call, which the user has seen.
        return answer.kind === 'session' && problemOfRules(answer.rule) !== undefined ? { kind: 'once' } : answer;
      },
      askQuestion: async (asked, signal) => (await questions?.answer(asked, signal)) ?? { kind: 'unable', reason: '' },
      onAskUser: (question) => askAtLadder(question),
    });
    run.subscribe((event) => {
      for (const listener of listeners) listener(event);
    });
    return run;
  };
  let run = await open(first);
  const askAtLadder = async (question: { class: string; evidence: string; evidenceSteps: readonly number[] }) => {
    const asked = run;
    // A turn that is over needs no answer any more, whoever ended it.
    const turn = new AbortController();
    const unfollow = asked.subscribe(({ type }) => type === 'result' && turn.abort());
    const answer = await questions?.decide(
      {
        ...question,
        reminders: asked.observer.summary().reminders,
        canRewind: asked.sessionCheckpoints.checkpoints !== undefined,
      },
      turn.signal,
    );
    unfollow();
    if (!answer || turn.signal.aborted) return;
    if (answer.kind === 'stop')
      return asked.stop(new Stop('aborted', 'The user stopped the run after the observer had asked.'));
    // What the user chose gets a few steps to work before the observer speaks again.
    asked.observer.allowMore(question.class, answer.kind === 'go-on' ? 20 : 3);
    if (answer.kind === 'words') asked.say(answer.words);
    if (answer.kind !== 'rewind') return;
    const message = await goBackBeforeTrouble(asked, setup.cwd, question.evidence);
    for (const listener of listeners) listener({ type: 'warning', message });
  };
  return {
    setup,
    models,
    current: () => run,
    change: async (choice, paid) => {
      const old = run;
      try {
        run = await open(choice, paid);
      } catch (error) {
        choice.release?.();
        throw error;
      }
      keepSwitches(old, run, models);
      await old.close();
      const notices = run.notices.map((message): Event => ({ type: 'warning', message }));
      return [...notices, ...(choice.saved ? playBackSaved(choice.saved, run.leftBehind) : [])];
    },
    questions: () => questions,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    warn: (message) => {
      for (const listener of listeners) listener({ type: 'warning', message });
    },
    attach: (screen) => {
      questions = screen;
    },
  };
}

/** What the user has switched on the screen holds for the session that comes after, too: the screen goes on showing it. */
function keepSwitches(from: OpenRun, to: OpenRun, models: ResolvedModels): void {
  to.permissions.setMode(from.permissions.mode());
  if (to.observer.mode() !== from.observer.mode()) to.observer.setMode(from.observer.mode());
  const settings = from.modelSettings();
  if (settings !== undefined && settings !== models.main) to.setModel(settings);
}

function screenDeps(shown: OpenSession): Omit<ScreenDeps, 'info'> {
  const session: SessionControl = sessionControl(shown);
  const withOwn = followOwnCommands(shown.setup);
  return {
    session,
    observer: observerControl(shown),
    subscribe: shown.subscribe,
    attach: shown.attach,
    commands: () => userCommands(shown, withOwn),
    explainMissing: (name) => explainMissing(name, shown.setup),
    mentions: async () => (await shown.current().extensions.mcp?.resources())?.map(({ mention }) => mention) ?? [],
    saveTheme: (theme) => setInFile(join(shown.setup.home, 'config.json'), 'ui.theme', theme),
  };
}

function screenInfo(shown: OpenSession, choice: SessionChoice, prompt: string): ScreenDeps['info'] {
  const { setup } = shown;
  const { config } = setup.loaded;
  return {
    version: readVersion(),
    model: shown.current().modelName(),
    cwd: setup.cwd,
    approval: config.approval,
    mode: setup.mode,
    winkHome: setup.home,
    theme: config.ui.theme,
    themes: config.ui.themes,
    hasReducedMotion: config.ui.reducedMotion,
    isPlain: config.ui.accessible,
    notifies: config.ui.notify,
    keys: config.ui.keys,
    hasVim: config.ui.vim,
    notices: joinIgnored([...setup.warnings, ...shown.current().notices]),
    ...(prompt ? { prompt } : {}),
    ...(choice.saved ? { history: playBackSaved(choice.saved, shown.current().leftBehind) } : {}),
  };
}
