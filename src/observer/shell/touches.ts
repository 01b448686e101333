import { programWords } from './classify-command.ts';
import { scriptTouches } from './script-touches.ts';
import type { SimpleCommand } from './simple-commands.ts';

/**
 * What a command does to a file: `write` replaces its content or makes it, `change` needs it to exist already, `delete`
 * removes it, `folder` makes a folder, `restore` puts back what version control knows.
 */
export type Touch = { readonly path: string; readonly how: 'write' | 'change' | 'delete' | 'folder' | 'restore' };

/** What scripts that were written earlier do when they run, by the path they were written to. */
export type KnownScripts = { readonly get: (path: string) => readonly Touch[] | undefined };

const touching =
  />(?!\s*(?:\/dev\/null|&))|\b(?:sed|perl|tee|rm|rmdir|unlink|truncate|shred|mv|cp|install|ln|dd|mkdir|patch|git|black|isort|autopep8|yapf|prettier|gofmt|rustfmt|curl|wget|python|node|ruby|bash|sh)\b|\bpython[\d.]+/;

/**
 * A cheap look at a shell line: false when it can't touch a file as far as `touchesOf` knows, so that it need not be
 * parsed.
 */
export function mayTouch(line: string): boolean {
  return touching.test(line);
}

/** The files that simple commands touch, in their order; `cd` moves what follows. At most 200 of them. */
export function touchesOf(commands: readonly SimpleCommand[], scripts: KnownScripts): Touch[] {
  const touches: Touch[] = [];
  const written = new Map<string, readonly Touch[]>();
  const known: KnownScripts = { get: (path) => written.get(path) ?? scripts.get(path) };
  let folder = '';
  for (const command of commands) {
    const words = programWords(command.words);
    if (words[0] === 'cd' && words[1] !== undefined) folder = joinPath(folder, words[1]);
    for (const touch of touchesOfOne(words, command, known))
      touches.push({ path: joinPath(folder, touch.path), how: touch.how });
    for (const { path } of command.writes)
      if (command.input !== undefined) written.set(joinPath(folder, path), scriptTouches(command.input, path));
    if (touches.length > 200) break;
  }
  return touches;
}

/** A path seen from a folder; absolute and home paths stay as they are. */
export function joinPath(folder: string, path: string): string {
  if (folder === '' || /^[/~$]/.test(path)) return path.replace(/^\.\//, '');
  return `${folder.replace(/\/+$/, '')}/${path.replace(/^\.\//, '')}`;
}

function touchesOfOne(words: readonly string[], command: SimpleCommand, scripts: KnownScripts): Touch[] {
  const redirected = command.writes.map(({ path, isAppend }): Touch => ({ path, how: isAppend ? 'change' : 'write' }));
  const program = words[0]?.replace(/^.*\//, '').replace(/^(python|node|ruby|perl)[\d.]+$/, '$1') ?? '';
  return [...redirected, ...(readers[program]?.(words.slice(1), command, scripts) ?? [])];
}

type Reader = (words: readonly string[], command: SimpleCommand, scripts: KnownScripts) => Touch[];

const asChange = (paths: readonly string[]): Touch[] => paths.map((path) => ({ path, how: 'change' }));
const asDelete = (paths: readonly string[]): Touch[] => paths.map((path) => ({ path, how: 'delete' }));
const asWrite = (paths: readonly string[]): Touch[] => paths.map((path) => ({ path, how: 'write' }));
const files = (words: readonly string[]): string[] => words.filter((word) => !word.startsWith('-') && word !== '');

/** What each program that writes files does with its words. */
const readers: Readonly<Record<string, Reader>> = {
  sed: readSed,
  perl: (words, command) =>
    words.some((word) => /^-\w*i/.test(word))
      ? asChange(files(words).filter((word) => /[./]/.test(word) && !/[;{}$ ]/.test(word)))
      : readInterpreter(words, command),
  tee: (words) => (words.includes('-a') || words.includes('--append') ? asChange(files(words)) : asWrite(files(words))),
  rm: (words) => asDelete(files(words)),
  rmdir: (words) => asDelete(files(words)),
  unlink: (words) => asDelete(files(words)),
  mkdir: (words) => files(words).map((path) => ({ path, how: 'folder' })),
  truncate: (words) => asChange(files(words)),
  shred: (words) => asChange(files(words)),
  mv: (words) => [...asDelete(files(words).slice(0, -1)), ...asWrite(intoFolder(files(words)))],
  cp: (words) => asWrite(intoFolder(files(words))),
  install: (words) => asWrite(files(words).slice(-1)),
  ln: (words) => asWrite(files(words).slice(-1)),
  dd: (words) => asWrite(words.filter((word) => word.startsWith('of=')).map((word) => word.slice(3))),
  patch: (words, command) => [...asChange(patchedFiles(command.input ?? '')), ...asChange(files(words).slice(0, 1))],
  git: readGit,
  black: readFormatter,
  isort: readFormatter,
  autopep8: readFormatter,
  yapf: readFormatter,
  prettier: (words) => (words.includes('--write') || words.includes('-w') ? asChange(files(words)) : []),
  gofmt: (words) => (words.includes('-w') ? asChange(files(words)) : []),
  rustfmt: readFormatter,
  curl: (words) => asWrite(wordsAfter(words, '-o', '--output')),
  wget: (words) => asWrite(wordsAfter(words, '-O', '--output-document')),
  python: readInterpreter,
  node: readInterpreter,
  ruby: readInterpreter,
  bash: readInterpreter,
  sh: readInterpreter,
};

function readSed(words: readonly string[]): Touch[] {
  if (!words.some((word) => /^-[a-zA-Z]*i|^--in-place/.test(word))) return [];
  const hasScript = words.some((word) => /^-[a-zA-Z]*[ef]$|^--expression|^--file/.test(word));
  const plain = words.filter(
    (word, at) => !word.startsWith('-') && word !== '' && !/^-[a-zA-Z]*[ef]$/.test(words[at - 1] ?? ''),
  );
  return asChange(hasScript ? plain : plain.slice(1));
}

function readGit(words: readonly string[], command: SimpleCommand): Touch[] {
  const at = words.findIndex(
    (word, position) => !word.startsWith('-') && words[position - 1] !== '-C' && words[position - 1] !== '-c',
  );
  const rest = words.slice(at + 1);
  switch (words[at]) {
    case 'rm':
      return asDelete(files(rest));
    case 'mv':
      return [...asDelete(files(rest).slice(0, -1)), ...asWrite(files(rest).slice(-1))];
    case 'apply':
    case 'am':
      return asChange(patchedFiles(command.input ?? ''));
    case 'checkout':
    case 'restore':
      return readCheckout(rest);
    case 'stash':
      return /^(?:list|show|pop|apply|drop)$/.test(rest[0] ?? '') ? [] : [{ path: '.', how: 'restore' }];
    case 'reset':
      return rest.includes('--hard') ? [{ path: '.', how: 'restore' }] : [];
    case 'clean':
      return rest.some((word) => /^-\w*[fxd]/.test(word)) ? [{ path: '.', how: 'restore' }] : [];
    default:
      return [];
  }
}

/** `git checkout -- file` puts back what was there; with a revision other than HEAD it brings something else. */
function readCheckout(rest: readonly string[]): Touch[] {
  if (rest.includes('-b') || rest.includes('-B') || rest.includes('--staged')) return [];
  const source = rest.find((word) => word.startsWith('--source='))?.slice(9) ?? wordsAfter(rest, '--source', '-s')[0];
  const dash = rest.indexOf('--');
  const before = files(dash === -1 ? rest : rest.slice(0, dash));
  const paths = dash === -1 ? before.filter((word) => /[./]/.test(word)) : rest.slice(dash + 1);
  const revision = source ?? before.find((word) => !paths.includes(word));
  const isRestore = revision === undefined || /^(?:HEAD|@)$/.test(revision);
  return paths.map((path) => ({ path, how: isRestore ? 'restore' : 'change' }));
}

function readFormatter(words: readonly string[]): Touch[] {
  return words.includes('--check') || words.includes('--diff') || words.includes('--check-only')
    ? []
    : asChange(files(words));
}

/** A script given as text, as a here-document, or as a file that was written before. */
function readInterpreter(words: readonly string[], command: SimpleCommand, scripts: KnownScripts = new Map()): Touch[] {
  const inline = wordsAfter(words, '-c', '-e')[0];
  if (inline !== undefined) return [...scriptTouches(inline, 'inline')];
  const file = words.find((word) => !word.startsWith('-'));
  if (file !== undefined) return [...(scripts.get(file) ?? [])];
  return command.input === undefined ? [] : [...scriptTouches(command.input, 'inline')];
}

/** `cp a b folder/`: the places in the folder; `cp a b`: b. */
function intoFolder(names: readonly string[]): string[] {
  const target = names.at(-1);
  if (target === undefined || names.length < 2) return [];
  const isFolder = target.endsWith('/') || names.length > 2 || target === '.' || target === '..';
  if (!isFolder) return [target];
  return names.slice(0, -1).map((name) => joinPath(target.replace(/^\.$/, ''), name.replace(/^.*\//, '')));
}

/** The files that a patch changes, from its `+++` and `---` lines. */
function patchedFiles(patch: string): string[] {
  const names = [
    ...patch.slice(0, 50_000).matchAll(/^(?:\+\+\+|---|\*\*\* (?:Update|Delete|Add) File:) (?:[ab]\/)?(\S+)/gm),
  ].map((match) => match[1]!);
  return [...new Set(names)].filter((name) => name !== '/dev/null');
}

function wordsAfter(words: readonly string[], ...flags: string[]): string[] {
  return words.filter((_, at) => at > 0 && flags.includes(words[at - 1]!));
}
