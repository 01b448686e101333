import { resolve } from 'node:path';
import { looksSecret } from '../../core/disk/secret-paths.ts';
import { clipCommand, type SimpleCommand } from '../../core/shell/read-script.ts';
import { type PermissionContext, shorten } from '../decide-path.ts';
import { isInside } from '../path-kinds.ts';
import { programWords } from '../plain-effects.ts';
import { startedCommands, wordsHere } from '../started-commands.ts';

/**
 * Where a command acts outside the workspace, for a reason; empty where it does not. Of a copy only the last operand is written: what is
 * only read there is said so. A variable that may stand for any place is named.
 */
export function describeOutside(
  command: SimpleCommand,
  { act, asked }: { readonly act: string; readonly asked: readonly string[] },
  context: PermissionContext,
): string {
  const named = namedOutside(command, context);
  const outside = [...new Set(named.length > 0 || namesOthers.test(programWords(command)[0] ?? '') ? named : asked)];
  const unknown = command.words
    .slice(1)
    .find(({ value, isKnown }) => !isKnown && /[$`]/.test(value) && !isHereText.test(value));
  if (outside.length === 0)
    return unknown ? ` (it is not known what \`${clipCommand(unknown.value)}\` stands for)` : '';
  const [name, ...args] = programWords(command);
  const target = args.findLast((value) => !value.startsWith('-'));
  const isCopy =
    /^(cp|ln|install|rsync|scp)$/.test(name ?? '') && !args.some((value) => /^(-\w*t|--target)/.test(value));
  const place = target === undefined ? undefined : shorten(resolve(command.folder, target), context.places);
  const where = `outside the workspace (${clipCommand(outside.join(', '))})`;
  if (!/files|device|disk|programs|folder/.test(act)) return `, and names what lies ${where}`;
  return isCopy && (place === undefined || !outside.includes(place)) ? `, from ${where}` : ` ${where}`;
}

/** `"$(cat <<'EOF' …)"`: a text that is written there. */
const isHereText = /^"?\$\(cat <<-?\s*['"\\]/;

/** Of their words, only those that look like a path of this machine are. */
const namesOthers = /^(ssh|scp|sftp|rsync|docker|podman|kubectl|oc)$/;

/**
 * What leads out of the workspace among the operands of a command and of what it starts, whether or not something is there yet; else the
 * folder in which it runs, if that lies outside.
 */
export function namedOutside(command: SimpleCommand, { places, real }: PermissionContext): string[] {
  const isOutside = (path: string) => ![...places.roots, ...real.roots].some((root) => isInside(root, path));
  const started = startedCommands(command, places.home)
    .filter(({ where }) => where === undefined)
    .map((each) => each.command);
  const programs = new Set(started.map(({ words }) => words[0]?.value));
  const operands = started.flatMap((each) => {
    const { folder } = each;
    return wordsHere(each)
      .slice(1, maxWords)
      .flatMap(({ value, isKnown, likely }) => (isKnown ? [value] : likely))
      .filter((value) => /^(?:\/|~|\.\.)|\/\.\.(?:\/|$)/.test(value) && !/[\s$]/.test(value) && !programs.has(value))
      .map((value) => (value.startsWith('~') ? value : resolve(folder, value)));
  });
  const outside = operands.filter((path) => isOutside(path) && !path.startsWith('/dev/'));
  const folders = started.map(({ folder }) => folder).filter(isOutside);
  return (outside.length > 0 ? outside : folders).map((path) => shorten(path, places));
}

/** Words of a command that are looked at for a reason; a rule or a sandbox never goes by them. */
const maxWords = 1_000;

/** Programs, libraries and headers: the same on every machine, and nobody's secret. */
export function isSystem(path: string): boolean {
  return /^\/(usr|bin|sbin|lib|lib32|lib64|opt|nix)\//.test(path) && !looksSecret(path);
}
