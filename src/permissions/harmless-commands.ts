import { programName, type SimpleCommand } from '../core/shell/read-script.ts';
import { decideOperands } from './command-paths.ts';
import { decidePath, type PermissionContext } from './decide-path.ts';
import { pathsOf } from './paths-in-command.ts';
import { isPlainRepository, readKnown } from './reading-commands.ts';
import { findStandIn } from './stand-in.ts';

/** A literal command that is known to read, and only what may be read. */
export function isHarmless(command: SimpleCommand, context: PermissionContext): boolean {
  const reading = readKnown(command);
  if (command.assigned.length > 0) return false;
  if (command.words.length === 0) return true;
  if (!context.canConfine && findStandIn(command) !== undefined) return false;
  if (reading.kind !== 'reads' || !command.words.every(({ isKnown }) => isKnown)) return false;
  if (programName(command.words[0]!.value) === 'git' && !context.canConfine && !isPlainRepository(command.folder))
    return false;
  return decideOperands(reading.paths, command, context).every(({ ruling }) => ruling === 'allow');
}

/** A plain reader is asked about for what it reads, and that is offered. */
export function isPathAlone(command: SimpleCommand): boolean {
  return (
    command.assigned.length === 0 &&
    readKnown(command).kind === 'reads' &&
    findStandIn(command) === undefined &&
    programName(command.words[0]!.value) !== 'git'
  );
}

const makers = /^(mkdir|touch|cp|mv|rmdir)$/;

export function isMaker(command: SimpleCommand, context: PermissionContext): boolean {
  const [first, ...args] = command.words;
  if (context.mode !== 'edits' || command.assigned.length > 0 || !makers.test(programName(first?.value ?? '')))
    return false;
  // What a whole folder holds is not looked at: a repository or settings may be copied with it.
  const options = programName(first!.value) === 'cp' ? /^-[pfv]+$/ : /^-[prRafv]+$/;
  const isKnown = args.every((word) => word.isKnown && (!word.value.startsWith('-') || options.test(word.value)));
  const operands = args.filter(({ value }) => !value.startsWith('-'));
  return (
    isKnown &&
    findStandIn(command) === undefined &&
    operands
      .flatMap(({ value }) => pathsOf(command.folder, value))
      .every((path) => decidePath('write', path, context).ruling === 'allow')
  );
}
