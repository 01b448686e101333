import { commands, demoFlags, type Flag, runFlags } from './options.ts';

const examples = [
  ['wink-agent', 'the terminal screen in this repository'],
  ['wink-agent -p "fix the failing test" --approval edits --allow "shell(npm test:*)"', 'one task, then exit'],
  ['git diff | wink-agent -p "review this change" --approval plan', 'a pipe completes the prompt'],
  ['wink-agent -p "…" --shadow --output-format json', 'log what the observer would say, say nothing'],
  ['wink-agent --model ollama/qwen3-coder', 'a local model'],
  ['wink-agent demo', 'offline: see the observer at work'],
] as const;

/** The text of `wink-agent --help`. */
export function helpText(): string {
  return `wink-agent: a coding agent that notices when it goes wrong and mends itself

Usage
  wink-agent [prompt]                 the terminal screen; a prompt given is submitted at once
  wink-agent -p [prompt]              headless: one task, then exit
${commands.map(({ usage, help }) => `  ${`wink-agent ${usage}`.padEnd(35)} ${help}`).join('\n')}

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
Each command has its own help: wink-agent report --help.
`;
}

function listFlags(flags: readonly Flag[]): string {
  return flags
    .map(({ name, short, value, help }) => {
      const left = `${short ? `-${short}, ` : '    '}--${name}${value ? ` ${value}` : ''}`;
      return left.length > 34 ? `  ${left}\n${' '.repeat(38)}${help}` : `  ${left.padEnd(35)} ${help}`;
    })
    .join('\n');
}
