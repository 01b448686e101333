import { commands, demoFlags, type Flag, runFlags } from '../command-line/options.ts';
import type { CommandIo } from '../core/command-io.ts';
import { UserError } from '../core/errors.ts';
import { manPage } from './man-page.ts';

const usage = `Usage: wink-agent completions bash|zsh|fish|man

Prints a completion script for a shell, or the manual page.

Examples
  wink-agent completions bash > ~/.local/share/bash-completion/completions/wink-agent
  wink-agent completions zsh > ~/.zfunc/_wink-agent
  wink-agent completions fish > ~/.config/fish/completions/wink-agent.fish
  wink-agent completions man | man -l -
`;

/** Entry of `wink-agent completions`. */
export async function runCompletions(argv: readonly string[], io: CommandIo): Promise<number> {
  const [kind] = argv;
  if (kind === '--help' || kind === '-h') io.stdout.write(usage);
  else if (kind === 'bash') io.stdout.write(bashCompletion());
  else if (kind === 'zsh') io.stdout.write(zshCompletion());
  else if (kind === 'fish') io.stdout.write(fishCompletion());
  else if (kind === 'man') io.stdout.write(manPage());
  else
    throw new UserError(
      `\`completions\` takes bash, zsh, fish or man; it was given ${kind === undefined ? 'nothing' : `\`${kind}\``}.`,
    );
  return 0;
}

const flags: readonly Flag[] = [...runFlags, ...demoFlags];

function takesFolder(flag: Flag): boolean {
  return flag.value === 'DIR';
}

function takesFile(flag: Flag): boolean {
  return flag.value === 'FILE';
}

/** For bash 3.2 (macOS) and newer. */
export function bashCompletion(): string {
  const withChoices = flags.filter((flag) => flag.choices !== undefined);
  const cases = [
    ...withChoices.map(
      (flag) => `    --${flag.name}) COMPREPLY=($(compgen -W "${flag.choices?.join(' ')}" -- "$current")); return ;;`,
    ),
    `    ${flags
      .filter(takesFolder)
      .map(({ name }) => `--${name}`)
      .join('|')}) COMPREPLY=($(compgen -d -- "$current")); return ;;`,
    `    ${flags
      .filter(takesFile)
      .map(({ name }) => `--${name}`)
      .join('|')}) COMPREPLY=($(compgen -f -- "$current")); return ;;`,
  ];
  const after = commands.flatMap(({ name, words }) =>
    words === undefined
      ? []
      : [
          `    ${name}) if [[ $COMP_CWORD -eq 2 ]]; then COMPREPLY=($(compgen -W "${words.join(' ')}" -- "$current")); return; fi ;;`,
        ],
  );
  return `# bash completion for wink-agent
_wink_agent() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  COMPREPLY=()
  case "$previous" in
${cases.join('\n')}
  esac
  if [[ "$current" == -* ]]; then
    COMPREPLY=($(compgen -W "${flags.map(({ name }) => `--${name}`).join(' ')}" -- "$current"))
    return
  fi
  if [[ $COMP_CWORD -eq 1 ]]; then
    COMPREPLY=($(compgen -W "${commands.map(({ name }) => name).join(' ')}" -- "$current"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
${after.join('\n')}
  esac
  COMPREPLY=($(compgen -f -- "$current"))
}
complete -o filenames -F _wink_agent wink-agent
`;
}

export function zshCompletion(): string {
  const escapeZsh = (text: string) => text.replace(/'/g, "'\\''").replace(/([:[\]])/g, '\\$1');
  const specs = flags.map((flag) => {
    const names =
      flag.short === undefined ? `--${flag.name}` : `(-${flag.short} --${flag.name})'{-${flag.short},--${flag.name}}'`;
    const action =
      flag.choices !== undefined
        ? `(${flag.choices.join(' ')})`
        : takesFolder(flag)
          ? '_files -/'
          : takesFile(flag)
            ? '_files'
            : ' ';
    const value = flag.type === 'boolean' ? '' : `:${escapeZsh(flag.value ?? 'value')}:${action}`;
    return `    '${flag.multiple ? '*' : ''}${names}[${escapeZsh(flag.help)}]${value}'`;
  });
  const after = commands.flatMap(({ name, words = [] }) =>
    words.length === 0 ? [] : [`        ${name}) _values '${name}' ${words.join(' ')} ;;`],
  );
  return `#compdef wink-agent
_wink_agent() {
  local -a commands
  commands=(
${commands.map(({ name, help }) => `    '${name}:${escapeZsh(help)}'`).join('\n')}
  )
  _arguments -C \\
${specs.map((spec) => `${spec} \\`).join('\n')}
    '1:command:->command' \\
    '*::argument:->argument'
  case $state in
    command) _describe 'command' commands ;;
    argument)
      case $words[1] in
${after.join('\n')}
        *) _files ;;
      esac ;;
  esac
}
if [ "$funcstack[1]" = "_wink-agent" ]; then _wink_agent "$@"; else compdef _wink_agent wink-agent; fi
`;
}

export function fishCompletion(): string {
  const quote = (text: string) => `'${text.replace(/\\/g, '\\\\').replace(/'/g, "\\'")}'`;
  const names = commands.map(({ name }) => name).join(' ');
  const commandLines = commands.map(
    ({ name, help }) =>
      `complete -c wink-agent -n "not __fish_seen_subcommand_from ${names}" -f -a ${name} -d ${quote(help)}`,
  );
  const wordLines = commands.flatMap(({ name, words }) =>
    words === undefined
      ? []
      : [`complete -c wink-agent -n "__fish_seen_subcommand_from ${name}" -f -a ${quote(words.join(' '))}`],
  );
  const flagLines = flags.map((flag) => {
    const short = flag.short === undefined ? '' : ` -s ${flag.short}`;
    const value =
      flag.type === 'boolean'
        ? ''
        : flag.choices !== undefined
          ? ` -x -a ${quote(flag.choices.join(' '))}`
          : takesFolder(flag) || takesFile(flag)
            ? ' -r'
            : ' -x';
    return `complete -c wink-agent -l ${flag.name}${short}${value} -d ${quote(flag.help)}`;
  });
  return `# fish completion for wink-agent\n${[...commandLines, ...wordLines, ...flagLines].join('\n')}\n`;
}
