import { loadPrompt } from '../../core/prompt.ts';
import { themeNames } from '../../core/screen/theme-roles.ts';
import { count } from '../../core/text/count.ts';
import type { ApprovalMode, ObserverMode } from '../../core/types.ts';
import type { App } from '../app.ts';
import { newVim } from '../input/vim/press-vim.ts';
import { callWrong, openTimeline } from '../panels/page/timeline.tsx';
import type { CommandAnswer, SlashCommand, Suggestion } from '../screen-deps.ts';
import { copySequence } from '../terminal/terminal.ts';
import { money, tokens } from '../text/shown-figures.ts';
import { colourDepth, createTheme } from '../text/theme.ts';
import { choiceCommand } from './choice-command.ts';
import { sessionCommands } from './commands-session.tsx';
import { exportConversation, lastAnswer } from './export-conversation.ts';
import { helpPage } from './help-page.ts';
import { runningJobs } from './running-jobs.ts';

const approvalHelp: Readonly<Record<ApprovalMode, string>> = {
  plan: 'reads and plans, changes nothing',
  ask: 'reads files and runs commands that can change nothing; asks before everything else',
  edits:
    'also edits files in the workspace and runs commands that can change nothing else; asks before everything else',
  full: 'asks for nothing',
};

/** All slash commands that do something here and now: ours as far as their engine is there, then the user's and others'. */
export function createCommands(app: App): readonly SlashCommand[] {
  const given = app.deps.commands();
  const isGiven = (name: string) => given.some((command) => command.name === name);
  const own = [...screenCommands(app), ...sessionCommands(app)].filter(
    ({ name, isReplaceable }) => !(isReplaceable && isGiven(name)),
  );
  const names = new Set(own.map((command) => command.name));
  const others = given.filter((command) => !names.has(command.name));
  return [...own.map(refuseWords), ...others].sort((left, right) => left.name.localeCompare(right.name));
}

/** A command without a hint takes no words: they are not ignored in silence. */
function refuseWords(command: SlashCommand): SlashCommand {
  if (command.hint !== undefined) return command;
  const { name, run } = command;
  return { ...command, run: (words) => (words === '' ? run('') : { refusal: `/${name} takes no words.` }) };
}

function screenCommands(app: App): SlashCommand[] {
  return [
    {
      name: 'help',
      help: 'keys and commands',
      run: () => ({ show: helpPage(createCommands(app), app.deps.info.keys) }),
    },
    approvalCommand(app),
    {
      name: 'wink',
      help: 'what the observer saw and did; on, shadow or off; wrong: its last reminder was a false alarm',
      hint: '[on|shadow|off|wrong]',
      complete: () => winkWords,
      run: (argument) => setWink(app, argument),
    },
    {
      name: 'shadow',
      help: 'the observer watches and says nothing (again: it speaks)',
      run: () => setWink(app, app.state.view.watch.mode === 'shadow' ? 'on' : 'shadow'),
    },
    {
      name: 'cost',
      aliases: ['usage'],
      help: 'tokens and money of this session',
      run: () => ({ show: costTable(app) }),
    },
    { name: 'init', help: 'writes AGENTS.md from the repository', run: () => ({ submit: loadPrompt('init', {}) }) },
    themeCommand(app),
    {
      name: 'vim',
      help: "turns vim's keys in the composer on or off",
      run: () => {
        app.state.vim = app.state.vim ? undefined : newVim;
        return {
          notice: app.state.vim
            ? "Vim's keys are on: Esc for commands, i to write. /vim turns them off."
            : "Vim's keys are off. /vim turns them on.",
        };
      },
    },
    { name: 'copy', help: 'copies the last answer', run: () => copyAnswer(app) },
    {
      name: 'export',
      help: 'writes the conversation to a file: .md, .html or .jsonl; keys are taken out',
      hint: '[file]',
      run: (argument) => exportConversation(app, argument),
    },
    {
      name: 'quit',
      aliases: ['exit'],
      help: 'leaves',
      run: () => {
        app.leave(0);
        return undefined;
      },
    },
  ];
}

/** From the strictest on. */
const modes: readonly ApprovalMode[] = ['plan', 'ask', 'edits', 'full'];

function approvalCommand(app: App): SlashCommand {
  return choiceCommand(app, {
    name: 'approval',
    title: 'Approval mode',
    help: 'what the agent may do without asking',
    hint: `[${modes.join('|')}]`,
    choices: () =>
      modes.map((text) => ({ text, detail: approvalHelp[text], isCurrent: text === app.state.view.approval })),
    take: (word) => {
      const mode = modes.find((one) => one === word);
      return mode && { notice: setApproval(app, mode) };
    },
  });
}

/** Sets the mode here and in the session; returns what to tell the user. */
export function setApproval(app: App, mode: ApprovalMode): string {
  const isStricter = modes.indexOf(mode) < modes.indexOf(app.state.view.approval);
  app.deps.session.setApproval(mode);
  app.dispatch({ type: 'screen.approval', approval: mode });
  const jobs = isStricter ? runningJobs(app.deps.session).length : 0;
  const left =
    jobs === 0 ? '' : ` What already runs in the background (${count(jobs, 'job')}) goes on: /jobs can end it.`;
  return `Approval ${mode}: ${approvalHelp[mode]}.${left}`;
}

const winkModes = {
  on: 'The observer speaks to the model when something goes wrong.',
  shadow: 'The observer watches, says nothing to the model and only notes what it would have said.',
  off: 'The observer is off: nobody watches for loops and broken instructions.',
} as const satisfies Readonly<Record<ObserverMode, string>>;

const winkWords: readonly Suggestion[] = [
  ...Object.entries(winkModes).map(([text, detail]) => ({ text, detail })),
  { text: 'wrong', detail: 'Its last reminder was a false alarm.' },
];

function setWink(app: App, argument: string): CommandAnswer {
  if (argument === '') {
    openTimeline(app);
    return undefined;
  }
  const [word, id] = argument.split(/\s+/);
  if (word === 'wrong') return { notice: callWrong(app, id) };
  const mode = (['on', 'shadow', 'off'] as const).find((candidate) => candidate === argument);
  if (mode === undefined) return { refusal: `/wink takes on, shadow, off or wrong; ${argument} is none of them.` };
  app.deps.session.setWinkMode(mode);
  app.dispatch({ type: 'screen.wink', mode });
  return { notice: winkModes[mode] };
}

function costTable(app: App): string {
  const { usage, watch } = app.state.view;
  const row = (name: string, use: typeof usage) =>
    `| ${name} | ${tokens(use.inputTokens)} | ${tokens(use.cachedInputTokens)} | ${tokens(use.outputTokens)} | ${money(use.costUsd) ?? 'price unknown'} |`;
  return [
    '| | input | of it cached | output | cost |',
    '|---|---:|---:|---:|---:|',
    row('agent', usage),
    row(`observer (${count(watch.judgeCalls, 'judge call')})`, watch.usage),
  ].join('\n');
}

function themeCommand(app: App): SlashCommand {
  const own = app.deps.info.themes ?? {};
  const names = ['auto', ...themeNames, ...Object.keys(own)];
  return choiceCommand(app, {
    name: 'theme',
    title: 'Theme',
    help: 'colours; auto asks the terminal for its background',
    hint: '[name]',
    choices: () => names.map((text) => ({ text, isCurrent: text === app.state.look.theme.name })),
    take: async (name) => {
      if (name === 'auto') app.terminal.askBackground();
      else app.state.look = { ...app.state.look, theme: createTheme(name, colourDepth(process.env), own) };
      await app.deps.saveTheme(name);
      return { notice: `The theme is ${name} now; what is printed already keeps its colours.` };
    },
  });
}

function copyAnswer(app: App): CommandAnswer {
  const text = lastAnswer(app.state.view);
  if (text === undefined) return { refusal: 'There is no answer to copy yet.' };
  app.terminal.write(copySequence(text, process.env));
  return {
    notice: `Copied ${count(text.split('\n').length, 'line')} through the terminal. Where nothing arrives, allow it OSC 52.`,
  };
}
