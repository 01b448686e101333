import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { clipCommand, programName, type SimpleCommand } from '../../core/shell/read-script.ts';
import { withoutGitOptions } from '../../core/text/git-options.ts';
import { isInside } from '../path-kinds.ts';
import { scriptOf } from '../started-commands.ts';

/** What the commands of a script have fetched so far. */
type Fetched = { isAny: boolean; readonly files: Set<string>; readonly folders: string[] };

/** The first program that a script runs after it has fetched it from another machine, as it is called there; undefined where there is none. */
export function findDownloaded(commands: readonly SimpleCommand[]): string | undefined {
  const fetched: Fetched = { isAny: false, files: new Set(), folders: [] };
  for (const command of commands) {
    const program = runsFetched(command, fetched);
    if (program !== undefined) return clipCommand(program);
    noteFetched(command, fetched);
  }
  return undefined;
}

const buildsFolder =
  /^(make|cmake|ninja|npm|pnpm|yarn|bun|just|cargo|go|pip3?|poetry|uv|mvn|gradle|rake|bundle|composer|docker)$/;

function runsFetched(command: SimpleCommand, { isAny, files, folders }: Fetched): string | undefined {
  const [first] = command.words;
  if (first === undefined || !isAny) return undefined;
  const name = programName(first.value);
  const lies = (path: string) => folders.some((folder) => isInside(folder, path));
  if (buildsFolder.test(name) && lies(command.folder)) return name;
  const run = name.includes('/') ? name : scriptOf(command);
  if (run === undefined) return [...files].some((file) => basename(file) === name) ? name : undefined;
  const path = resolve(command.folder, run);
  // What is not there yet may come out of an archive.
  return files.has(path) || lies(path) || !existsSync(path) ? run : undefined;
}

function noteFetched(command: SimpleCommand, fetched: Fetched): void {
  const { folder } = command;
  const name = programName(command.words[0]?.value ?? '');
  const values = command.words.slice(1).map(({ value }) => value);
  const add = (path: string | undefined) => path && fetched.files.add(resolve(folder, path));
  const operands = values.filter((value) => !value.startsWith('-'));
  if (/^(curl|wget|aria2c|http|https|xh|scp|rsync|sftp)$/.test(name)) {
    fetched.isAny = true;
    values.forEach((value, at) => {
      const [, glued] = /^(?:-o|-O|--output=|--output-document=)(.+)$/.exec(value) ?? [];
      if (glued !== undefined) add(glued);
      else if (/^(-[a-zA-Z]*[oO]|--output|--output-document)$/.test(values[at - 1] ?? '')) add(value);
    });
    for (const address of operands) add(basename(address.replace(/[?#].*$/, '')));
  }
  if (!fetched.isAny && name !== 'git') return;
  if (name === 'git') {
    const [verb, ...rest] = withoutGitOptions(values).filter((value) => !value.startsWith('-'));
    if (verb !== 'clone' || rest.length === 0) return;
    fetched.isAny = true;
    fetched.folders.push(resolve(folder, rest[1] ?? basename(rest[0]!, '.git')));
  }
  for (const { value } of command.writes) add(value);
  if (name === 'tee') for (const operand of operands) add(operand);
  if (!/^(mv|cp|install|ln)$/.test(name) || !operands.some((each) => fetched.files.has(resolve(folder, each)))) return;
  const target = operands.at(-1) ?? '';
  for (const operand of operands) add(join(target, basename(operand)));
  add(target);
}
