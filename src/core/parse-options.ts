import { type ParseArgsConfig, parseArgs } from 'node:util';
import { messageOf, UserError } from './errors.ts';

type Options = NonNullable<ParseArgsConfig['options']>;

/**
 * The flags and words of one command of the program. Throws UserError that names the flag that is wrong and the command's help.
 */
export function parseOptions<Given extends Options>(command: string, argv: readonly string[], options: Given) {
  try {
    return parseArgs({ args: [...argv], allowPositionals: true, options });
  } catch (error) {
    const message = messageOf(error);
    throw new UserError(`${message}${/[.!?]$/.test(message) ? '' : '.'} See: wink-agent ${command} --help`);
  }
}
