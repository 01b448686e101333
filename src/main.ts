import { parseArguments } from './command-line/args.ts';
import { UserError } from './core/errors.ts';
import { requirePosix } from './core/process/platform.ts';
import { leaveWithReader } from './core/process/stdout.ts';
import { sanitize } from './core/text/sanitize.ts';

/**
 * The program: words of the command line in, exit code out. A user's mistake is one sentence and exit 2; a bug is left to its
 * stack trace and exit 1. Each command is loaded when it is asked for, so that a headless run pays for none of them.
 */
export async function main(words = process.argv.slice(2)): Promise<void> {
  try {
    requireFolder();
    process.exitCode = await dispatch(words);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    process.stderr.write(`wink-agent: ${sanitize(error.message)}\n`);
    process.exitCode = 2;
  }
}

/** A folder that was removed under us has no path: everything that asks for one would throw. */
function requireFolder(): void {
  try {
    process.cwd();
  } catch {
    throw new UserError('The folder that this was started in no longer exists; change to one that does.');
  }
}

async function dispatch(words: readonly string[]): Promise<number> {
  const parsed = parseArguments(words);
  switch (parsed.kind) {
    case 'version': {
      leaveWithReader(process.stdout);
      const { readVersion } = await import('./core/version.ts');
      process.stdout.write(`${readVersion()}\n`);
      return 0;
    }
    case 'help': {
      leaveWithReader(process.stdout);
      const { helpText } = await import('./command-line/help-text.ts');
      process.stdout.write(helpText(parsed.command));
      return 0;
    }
    case 'command': {
      leaveWithReader(process.stdout);
      const { runCommand } = await import('./command-line/subcommands.ts');
      return runCommand(parsed.name, parsed.rest);
    }
    case 'run': {
      requirePosix();
      const isDemo = parsed.command === 'demo';
      const code = isDemo ? 'demo' : await (await import('./command-line/modes.ts')).runMode(parsed);
      if (code !== 'demo') return code;
      return (await import('./command-line/demo-command.ts')).runDemo(isDemo ? parsed.words : [], parsed.flags);
    }
    default:
      return parsed satisfies never;
  }
}
