import { commands, demoFlags, type Flag, runFlags } from '../command-line/options.ts';

const exits: readonly (readonly [string, string])[] = [
  ['0', 'done'],
  ['1', 'the model or the program failed; a check failed (eval, doctor)'],
  ['2', 'usage or configuration'],
  ['3', 'turn limit'],
  ['4', 'budget (money or tokens)'],
  ['5', 'time-out'],
  ['6', 'stopped by the observer at the end of its ladder'],
  ['7', 'ended with something denied that no later call did'],
  ['130, 143', 'interrupted (SIGINT, SIGTERM)'],
];

const variables: readonly (readonly [string, string])[] = [
  [
    'OPENAI_API_KEY',
    'key for OpenAI, or for the endpoint in OPENAI_BASE_URL; other providers have their own variables',
  ],
  ['OPENAI_BASE_URL', 'OpenAI-compatible endpoint'],
  ['WINK_MODEL', 'model'],
  ['WINK_OBSERVER_MODEL', "the observer's model"],
  ['WINK_HOME', 'configuration, sessions and logs (default ~/.wink)'],
  ['NO_COLOR', 'no colours'],
];

/** The manual page, made from the same table as the parser and the help. */
export function manPage(): string {
  return `.TH WINK-AGENT 1
.SH NAME
wink-agent \\- a coding agent that notices when it goes wrong and corrects itself
.SH SYNOPSIS
.B wink-agent
.RI [ flags "] [" prompt ]
.br
.B wink-agent \\-p
.RI [ flags "] [" prompt ]
.br
.B wink-agent
.I command
.RI [ arguments ]
.SH DESCRIPTION
Works on a task in the current repository with a language model and tools, in a terminal screen or, with \\-p, headless.
In a thread of its own an observer looks for misbehaviour and puts reminders in front of the model.
.SH COMMANDS
${commands.map(({ usage, help }) => entry(usage, help)).join('\n')}
.SH FLAGS OF A RUN
${runFlags.map(describeFlag).join('\n')}
.SH FLAGS OF DEMO
${demoFlags.map(describeFlag).join('\n')}
.SH EXIT STATUS
${exits.map(([code, meaning]) => entry(code, meaning)).join('\n')}
.SH ENVIRONMENT
${variables.map(([name, meaning]) => entry(name, meaning)).join('\n')}
.SH FILES
${entry('$WINK_HOME/config.json, .wink/config.json', 'configuration of the user and of the repository')}
${entry('$WINK_HOME/sessions/', 'saved sessions, one JSON object a line')}
`;
}

function describeFlag({ name, short, value, help }: Flag): string {
  return entry(`${short === undefined ? '' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`, help);
}

function entry(term: string, text: string): string {
  return `.TP\n.B ${escapeRoff(term)}\n${escapeRoff(text)}`;
}

/** A line that begins with `.` or `'` would be an order to the formatter. */
function escapeRoff(text: string): string {
  return text
    .replace(/\\/g, '\\e')
    .replace(/-/g, '\\-')
    .replace(/^([.'])/gm, '\\&$1');
}
