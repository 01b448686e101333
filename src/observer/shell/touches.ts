import { withoutGitOptions } from '../../core/text/git-options.ts';
import { lookUp } from '../../core/text/look-up.ts';
import { patchedFiles } from '../step/files/edit-texts.ts';
import { programWords } from './program-words.ts';
import { followFolders, readCommands, type SimpleCommand } from './simple-commands.ts';

/**
 * What a command does to a file: `write` replaces its content or makes it, `change` needs it to exist already, `delete`
 * removes it, `folder` makes a folder, `restore` puts back what version control knows.
 */
export type Touch = {
  readonly path: string;
  readonly how: 'write' | 'change' | 'delete' | 'folder' | 'restore';
  /** By a tool that edits or writes, not by a command. */
  readonly isEdit?: true;
  /** Put away by `git stash`, and not lost: it comes back with `git stash pop`. */
  readonly isStashed?: true;
  /** Gone from its place, but not lost: it stands somewhere else now. */
  readonly isMoved?: true;
};

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
  const folders = followFolders('');
  for (const command of commands) {
    const words = programWords(command.words);
    if (words[0] === 'cd' && words[1] !== undefined)
      folders.moveTo(command, joinPath(folders.folderOf(command), words[1]));
    const folder = folders.folderOf(command);
    for (const touch of touchesOfOne(words, command, known))
      touches.push({ ...touch, path: joinPath(folder, touch.path) });
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
  return [...redirected, ...(lookUp(readers, program)?.(words.slice(1), command, scripts) ?? [])];
}

type Reader = (words: readonly string[], command: SimpleCommand, scripts: KnownScripts) => Touch[];

const asChange = (paths: readonly string[]): Touch[] => paths.map((path) => ({ path, how: 'change' }));
const asDelete = (paths: readonly string[]): Touch[] => paths.map((path) => ({ path, how: 'delete' }));
const asMoved = (paths: readonly string[]): Touch[] => paths.map((path) => ({ path, how: 'delete', isMoved: true }));
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
  mv: (words) => [...asMoved(files(words).slice(0, -1)), ...asWrite(intoFolder(files(words)))],
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
  const [verb, ...rest] = withoutGitOptions(words);
  switch (verb) {
    case 'rm':
      return asDelete(files(rest));
    case 'mv':
      return [...asMoved(files(rest).slice(0, -1)), ...asWrite(files(rest).slice(-1))];
    case 'apply':
    case 'am':
      return asChange(patchedFiles(command.input ?? ''));
    case 'checkout':
      return readCheckout(rest, /[./]/);
    case 'restore':
      return readCheckout(rest, /./);
    case 'stash':
      return isStashPush(rest) ? [{ path: '.', how: 'restore', isStashed: true }] : [];
    case 'reset':
      return rest.includes('--hard') ? [{ path: '.', how: 'restore' }] : [];
    case 'clean':
      return rest.some((word) => /^-\w*[fxd]/.test(word)) ? [{ path: '.', how: 'restore' }] : [];
    default:
      return [];
  }
}

/** Whether `git stash` with these words puts the changes away. */
function isStashPush(rest: readonly string[]): boolean {
  return !/^(?:drop|clear|pop|apply|list|show|branch)$/.test(rest[0] ?? '');
}

/** `isPath`: which plain words name files. `git checkout -- file` puts back what was there; with a revision other than HEAD it brings something else. */
function readCheckout(rest: readonly string[], isPath: RegExp): Touch[] {
  if (rest.includes('-b') || rest.includes('-B') || rest.includes('--staged')) return [];
  const source = rest.find((word) => word.startsWith('--source='))?.slice(9) ?? wordsAfter(rest, '--source', '-s')[0];
  if (rest.includes('-f') || rest.includes('--force')) return [{ path: '.', how: 'restore' }];
  const dash = rest.indexOf('--');
  const before = files(dash === -1 ? rest : rest.slice(0, dash));
  const paths = dash === -1 ? before.filter((word) => isPath.test(word) && word !== source) : rest.slice(dash + 1);
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

function wordsAfter(words: readonly string[], ...flags: string[]): string[] {
  return words.filter((_, at) => at > 0 && flags.includes(words[at - 1]!));
}

const scriptLimit = 50_000;
const maxTouches = 50;

/** A value in a script: a quoted text, or the name of a variable. */
const value = String.raw`(?:[rfbu]?(?:"([^"\n]{1,300})"|'([^'\n]{1,300})')|([A-Za-z_][\w.]{0,60}))`;
const assignment =
  /(?:^|[;\n])[ \t]*(?:const |let |var )?([A-Za-z_]\w{0,60})[ \t]*=[ \t]*(?:Path\(|pathlib\.Path\()?[rfbu]?(?:"([^"\n]{1,300})"|'([^'\n]{1,300})')/g;
const opened = new RegExp(String.raw`\bopen\(\s*${value}\s*,\s*(?:mode\s*=\s*)?["']([rwax]b?\+?b?t?)["']`, 'g');
const pathWritten = new RegExp(
  String.raw`(?:\bPath\(\s*${value}\s*\)|\b([A-Za-z_]\w{0,60}))\.(?:write_text|write_bytes|unlink)\(`,
  'g',
);
const called = new RegExp(
  String.raw`\b(?:os\.(?:remove|unlink|truncate)|shutil\.rmtree|fs\.(?:writeFile|writeFileSync|appendFile|appendFileSync|unlink|unlinkSync|rmSync)|(?:File|IO)\.write)\(\s*${value}`,
  'g',
);
const removes = /(?:remove|unlink(?:Sync)?|rmtree|rmSync)\(/;
const moved = new RegExp(
  String.raw`\b(?:os\.(?:rename|replace)|shutil\.(?:move|copy|copy2|copyfile)|fs\.(?:renameSync|copyFileSync))\(\s*${value}\s*,\s*${value}`,
  'g',
);

/**
 * The files that a Python, Node, Ruby or shell script writes, as far as its text shows: literal paths and variables
 * that hold one. A file that is opened for reading as well is changed, not made. Reads at most 50,000 characters, in
 * linear time.
 */
export function scriptTouches(script: string, name: string): readonly Touch[] {
  if (latest.script !== script || latest.name !== name) latest = { script, name, touches: findTouches(script, name) };
  return latest.touches;
}

/** The same script is asked about several times for one call. */
let latest: { script: string; name: string; touches: readonly Touch[] } = { script: '', name: '', touches: [] };

function findTouches(script: string, name: string): Touch[] {
  const text = script.slice(0, scriptLimit);
  if (/\.(?:sh|bash)$/.test(name) || /^#!.*\b(?:ba)?sh\b/.test(text)) return touchesOf(readCommands(text), new Map());
  if (!/\bopen\(|\.(?:write_|unlink|write)|\b(?:os|shutil|fs)\./.test(text)) return [];
  const variables = readVariables(text);
  const resolve = (double?: string, single?: string, variable?: string): string | undefined =>
    double ?? single ?? variables.get(variable ?? '');
  const touches: Touch[] = [];
  const add = (path: string | undefined, how: Touch['how']) => {
    if (path !== undefined && touches.length < maxTouches) touches.push({ path, how });
  };
  const read = new Set<string>();
  const opens = text.includes('open(');
  for (const [, double, single, variable, mode] of opens ? text.matchAll(opened) : []) {
    const path = resolve(double, single, variable);
    if (path !== undefined && mode === 'r') read.add(path);
    else add(path, mode!.startsWith('w') || mode!.startsWith('x') ? 'write' : 'change');
  }
  for (const [, double, single, inner, variable] of /\.(?:write_|unlink)/.test(text) ? text.matchAll(pathWritten) : [])
    add(resolve(double, single, inner ?? variable), 'write');
  if (/\b(?:os|shutil|fs|File|IO)\./.test(text)) {
    for (const [whole, double, single, variable] of text.matchAll(called))
      add(resolve(double, single, variable), removes.test(whole) ? 'delete' : 'write');
    for (const [, , , , double, single, variable] of text.matchAll(moved))
      add(resolve(double, single, variable), 'write');
  }
  if (touches.length === 0) return touches;
  for (const path of readPaths(text, resolve)) read.add(path);
  return touches.map((touch) =>
    touch.how !== 'delete' && read.has(touch.path) ? { path: touch.path, how: 'change' } : touch,
  );
}

function readVariables(text: string): Map<string, string> {
  const variables = new Map<string, string>();
  for (const [, name, double, single] of text.matchAll(assignment)) {
    if (variables.size < 200) variables.set(name!, (double ?? single)!);
  }
  return variables;
}

const readOnly = new RegExp(
  String.raw`\bopen\(\s*${value}\s*\)|\bPath\(\s*${value}\s*\)\.read_text|\b([A-Za-z_]\w{0,60})\.read_text|\breadFileSync\(\s*${value}`,
  'g',
);

function readPaths(
  text: string,
  resolve: (double?: string, single?: string, variable?: string) => string | undefined,
): string[] {
  const paths: string[] = [];
  for (const match of text.matchAll(readOnly)) {
    const path = resolve(
      match[1] ?? match[4] ?? match[8],
      match[2] ?? match[5] ?? match[9],
      match[3] ?? match[6] ?? match[7] ?? match[10],
    );
    if (path !== undefined) paths.push(path);
  }
  return paths;
}
