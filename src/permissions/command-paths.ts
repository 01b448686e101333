import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Argument, clipCommand, programName, type SimpleCommand } from '../core/shell/read-script.ts';
import { decidePath, type PartDecision, type PermissionContext } from './decide-path.ts';
import { isInside, isSecret } from './path-kinds.ts';
import { pathsInWord, pathsOf } from './paths-in-command.ts';
import { startedEffect } from './plain-effects.ts';
import { readKnown } from './reading-commands.ts';
import { isSystem } from './reasons/outside.ts';

/** Paths among the words of any command: those that lead out of the workspace, to a secret or to what runs code by itself. */
export function decideWords(command: SimpleCommand, context: PermissionContext): PartDecision[] {
  const reading = readKnown(command);
  const words = reading.kind === 'reads' ? reading.paths : command.words.slice(1);
  const parts = decideOperands(words, command, context);
  const effect = startedEffect(command);
  if (context.mode !== 'edits' || (effect !== 'writes' && programName(command.words[0]?.value ?? '') !== 'tee'))
    return parts;
  const written = command.words
    .slice(1)
    .flatMap(pathsInWord)
    .filter((word) => word !== '' && !word.startsWith('-'));
  const paths = written
    .flatMap((word) => pathsOf(command.folder, word))
    .filter((path) => !isOwnTemporary(path, context));
  return [
    ...parts,
    ...paths.map((path) => decidePath('write', path, context)).filter(({ ruling }) => ruling !== 'allow'),
  ];
}

export function decideOperands(
  words: readonly Argument[],
  command: SimpleCommand,
  context: PermissionContext,
): PartDecision[] {
  return (
    words
      .filter(({ isKnown }) => isKnown)
      .flatMap(pathsInWord)
      // In quotes, a pattern is for the program: it names no file.
      .flatMap((value) => pathsOf(command.folder, value).map((path) => ({ path, isPattern: /[*?[]/.test(value) })))
      .filter(({ path, isPattern }) => existsSync(path) || (!isPattern && isSecret(path, context.places)))
      .map(({ path }) => path)
      .filter((path) => !isSystem(path))
      .map((path) => decidePath('read', path, context))
      .filter(({ ruling }) => ruling !== 'allow')
  );
}

export function decideRedirects(
  { writes, reads, folder, text }: SimpleCommand,
  context: PermissionContext,
): PartDecision[] {
  const socket = [...writes, ...reads].find(({ value }) => /^\/dev\/(tcp|udp)\//.test(value));
  if (socket)
    return [
      {
        ruling: context.mode === 'plan' ? 'deny' : 'ask',
        reason: `\`${clipCommand(text)}\` opens a network connection.`,
      },
    ];
  const decide = (access: 'read' | 'write', words: readonly Argument[]) =>
    words
      .filter(({ isKnown }) => isKnown)
      .flatMap(({ value }) => pathsOf(folder, value))
      .filter((path) => access === 'read' || !isOwnTemporary(path, context))
      .map((path) => decidePath(access, path, context));
  return [...decide('write', writes), ...decide('read', reads)];
}

/** The commands of a sandbox have a temporary folder of their own. */
function isOwnTemporary(path: string, context: PermissionContext): boolean {
  if (!context.canConfine || context.mode !== 'edits' || !path.startsWith('/tmp/')) return false;
  if (context.real.roots.some((root) => isInside(root, path))) return false;
  return !existsSync(join('/tmp', path.split('/')[2] ?? ''));
}
