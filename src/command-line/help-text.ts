import { findScenario, scenarioNames } from '../demo/scenarios/index.ts';
import { commands, demoFlags, type Flag, runFlags } from './options.ts';

const examples = [
  ['wink-agent', 'the terminal screen in this repository'],
  ['wink-agent -p "fix the failing test" --approval edits --allow "shell(npm test:*)"', 'one task, then exit'],
  ['git diff | wink-agent -p "review this change" --approval plan', 'piped input is added to the prompt'],
  ['wink-agent -p "…" --shadow --output-format json', 'log what the observer would say, say nothing'],
  ['wink-agent --model ollama/qwen3-coder', 'a local model'],
  ['wink-agent demo', 'offline: see the observer at work'],
] as const;

/** The text of `wink-agent --help`, or of the help of a command that takes the flags of a run. */
export function helpText(command?: 'demo' | 'resume'): string {
  if (command === 'demo') return demoHelp();
  if (command === 'resume') return resumeHelp();
  return `wink-agent: a coding agent that notices when it goes wrong and corrects itself

Usage
  wink-agent [prompt]                 the terminal screen; a given prompt is submitted at once
  wink-agent -p [prompt]              headless: one task, then exit
${commands.map(({ usage, help }) => listUsage(usage, help)).join('\n')}

Flags of a run
${listFlags(runFlags)}

Flags of demo
${listFlags(demoFlags)}

Examples
${examples.map(([line, what]) => `  ${line}\n      ${what}`).join('\n')}

Exit codes
  0 done   1 error   2 usage or configuration   3 turn limit   4 budget   5 time-out
  6 stopped by the observer   7 denied   130 / 143 interrupted

Environment: OPENAI_API_KEY, OPENAI_BASE_URL, WINK_MODEL, WINK_OBSERVER_MODEL, WINK_HOME (default ~/.wink), NO_COLOR.
Each command has its own help with examples: wink-agent report --help.
`;
}

function demoHelp(): string {
  return `Usage: wink-agent demo [scenario] [flags of a run]

The real agent, tools and observer in a throw-away repository with a real bug, against a scripted model: offline, without a key.
It may do everything there (--approval full), and writes nothing elsewhere. In a terminal it shows the screen, elsewhere plain lines.

Scenarios (default stuck-loop)
${scenarioNames.map((name) => `  ${name.padEnd(15)} ${findScenario(name).about}`).join('\n')}

Flags of its own
${listFlags(demoFlags)}

Examples
  wink-agent demo
  wink-agent demo --shadow
  wink-agent demo hopeless --output-format json
  wink-agent demo fix --keep /tmp/fixed && npm test --prefix /tmp/fixed
`;
}

function resumeHelp(): string {
  return `Usage: wink-agent resume [id] [prompt] [flags of a run]

Continues a saved session of this repository; without an id, the newest (the same as \`wink-agent --continue\`).
\`wink-agent sessions\` lists them. A session that was killed continues from its last finished step.

Examples
  wink-agent resume
  wink-agent resume 20261124-093012-7f3a
  wink-agent resume 20261124-093012-7f3a -p "now add a test for it"
  wink-agent --continue -p "go on"
`;
}

/** Longer ones push their words to the next line. */
function listUsage(usage: string, help: string): string {
  const left = `wink-agent ${usage}`;
  return left.length > 34 ? `  ${left}\n${' '.repeat(38)}${help}` : `  ${left.padEnd(35)} ${help}`;
}

function listFlags(flags: readonly Flag[]): string {
  return flags
    .map(({ name, short, value, help }) => {
      const left = `${short ? `-${short}, ` : '    '}--${name}${value ? ` ${value}` : ''}`;
      return left.length > 34 ? `  ${left}\n${' '.repeat(38)}${help}` : `  ${left.padEnd(35)} ${help}`;
    })
    .join('\n');
}
