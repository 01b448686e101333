import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { isHarmlessPrefix, isHarmlessVariable } from './environment.ts';
import { findLinkOut, followsLinks } from './follow-links.ts';
import { type Access, citeRule, type Finding, forbidPath, type Judging, judgePath, shorten } from './judge-path.ts';
import { listedName } from './listed-paths.ts';
import type { Bash, Part } from './part.ts';
import { isInside } from './paths.ts';
import { readOnly } from './readonly.ts';
import { readGit } from './readonly-git.ts';
import { matchesShell, type Rule } from './rules.ts';
import { readScript } from './script.ts';
import { suggestRule } from './suggest.ts';
import { type Layer, unwrap } from './unwrap.ts';
import { type Argument, programName } from './words.ts';
import { writtenPaths } from './writers.ts';

const longestCommand = 100_000;

/** Judges a shell command: each simple command in it, what they start, where they write and what they read. */
export function judgeCommand(command: string, judging: Judging, bash: Bash): Finding[] {
  if (command.trim() === '') return [{ verdict: 'allow', reason: 'The command is empty.' }];
  if (command.length > longestCommand)
    return [judgeUnseen(`the command is longer than ${longestCommand} characters`, judging)];
  const scope = { home: judging.places.home, folders: [judging.places.cwd] };
  const reading = readScript(command, scope, bash);
  const unseen = reading.problems.slice(0, 1).map((problem) => judgeUnseen(problem, judging));
  const whole = unseen.length > 0 ? wholeRule(judging) : undefined;
  const parts = reading.parts
    .map((part) => unwrap(part, scope, bash))
    .flatMap((layer) => [...forbid(layer, judging), ...judgeLayer(layer, judging)]);
  return whole ? [...parts, whole] : [...unseen, ...parts];
}

/** What is allowed by a rule for every command stays allowed when a part can't be seen. */
function wholeRule(judging: Judging): Finding | undefined {
  const rule = judging.rules.find(
    (each) => each.effect === 'allow' && each.kind === 'shell' && each.pattern === undefined,
  );
  const isWatched = judging.rules.some((each) => each.effect !== 'allow' && each.kind === 'shell');
  return rule && !isWatched ? { verdict: 'allow', reason: citeRule(rule, 'every command') } : undefined;
}

function judgeUnseen(problem: string, judging: Judging, part?: Part): Finding {
  const what = part ? `\`${clipCommand(part.text)}\`: ${problem}` : `The command can't be judged: ${problem}`;
  if (judging.mode === 'plan') return { verdict: 'deny', reason: `${what}, and mode plan only reads.` };
  if (judging.mode !== 'full') return { verdict: 'ask', reason: `${what}.` };
  const watched = judging.rules.find((rule) => rule.kind === 'shell' && rule.effect !== 'allow');
  if (!watched) return { verdict: 'allow', reason: 'Mode full allows every command.' };
  return {
    verdict: 'ask',
    reason: `${what}, so it can't be told whether the ${watched.effect} rule ${watched.text} covers it.`,
  };
}

/** Deny and ask rules on a command, on all that it starts, and on every path it names. */
function forbid(layer: Layer, judging: Judging): Finding[] {
  const { part } = layer;
  const findings = layer.inner.flatMap((inner) => forbid(inner, judging));
  const spellings = forbiddingWords(part);
  for (const rule of judging.rules) {
    if (rule.effect === 'allow' || rule.kind !== 'shell' || !spellings.some((words) => matchesShell(rule, words)))
      continue;
    findings.push({ verdict: rule.effect, reason: citeRule(rule, `\`${clipCommand(part.text)}\``) });
  }
  if (!judging.rules.some((rule) => rule.effect !== 'allow' && (rule.kind === 'read' || rule.kind === 'edit')))
    return findings;
  const access: Access = 'paths' in readOnly(part) ? 'read' : 'write';
  const named = [
    ...part.words.slice(1).flatMap(namedPath),
    ...part.reads,
    ...part.assignments.flatMap((assignment) => assignment.value),
  ];
  findings.push(...eachPath(named, part).flatMap((path) => forbidPath(access, path, judging) ?? []));
  findings.push(...eachPath(part.writes, part).flatMap((path) => forbidPath('write', path, judging) ?? []));
  return findings;
}

/** A word may be a path, or hold one after `=` (`--file=x`), a colon (`HEAD:x`) or `@` (`-d @x`). */
function namedPath(argument: Argument): Argument[] {
  const { value, isKnown } = argument;
  const ends = [value.indexOf('='), value.lastIndexOf(':'), value.lastIndexOf('@')].filter((at) => at >= 0);
  return [argument, ...ends.map((at) => ({ value: value.slice(at + 1), isKnown }))];
}

/** The spellings under which a deny rule knows a command: with its path, without it, and git without its global options. */
function forbiddingWords(part: Part): string[][] {
  const [name, ...rest] = part.words.map((word) => word.value);
  if (name === undefined) return [];
  const bare = basename(name);
  const spellings = [
    [name, ...rest],
    [bare, ...rest],
  ];
  if (bare === 'git') {
    const call = readGit(part.words.slice(1));
    spellings.push(['git', call.subcommand, ...call.args.map((word) => word.value)]);
  }
  return spellings;
}

function judgeLayer(layer: Layer, judging: Judging): Finding[] {
  const { part } = layer;
  const around = judging.mode === 'full' ? [] : [...judgeRedirects(part, judging), ...judgeAssignments(part, judging)];
  const rule = allowingRule(part, judging);
  if (rule)
    return [
      ...around,
      ...judgeSecrets(part, rule, judging),
      { verdict: 'allow', reason: citeRule(rule, `\`${clipCommand(part.text)}\``) },
    ];
  if (layer.problem) return [...around, judgeUnseen(layer.problem, judging, part)];
  if (judging.mode === 'full')
    return [
      ...layer.inner.flatMap((inner) => judgeLayer(inner, judging)),
      { verdict: 'allow', reason: 'Mode full allows every command.' },
    ];
  if (layer.inner.length > 0 && layer.isTransparent)
    return [...around, ...judgeLister(part, judging), ...layer.inner.flatMap((inner) => judgeLayer(inner, judging))];
  return [...around, ...judgeSimple(part, judging)];
}

/** `find DIR -exec …` reads DIR whatever it starts. */
function judgeLister(part: Part, judging: Judging): Finding[] {
  const name = programName(part.words[0]?.value ?? '');
  if (!['find', 'fd', 'fdfind'].includes(name)) return [];
  const end = part.words.findIndex((word) => /^-(exec|execdir|ok|okdir|x|X|-exec|-exec-batch)$/.test(word.value));
  const places = part.words.slice(1, end === -1 ? undefined : end);
  return [...judgePaths('read', places, part, judging), ...judgeLinks(places, part, judging)];
}

function allowingRule(part: Part, judging: Judging): Rule | undefined {
  if (!part.words[0] || part.assignments.some((assignment) => !isHarmlessPrefix(assignment.name))) return undefined;
  const words = allowingWords(part, judging);
  return judging.rules.find((rule) => rule.effect === 'allow' && rule.kind === 'shell' && matchesShell(rule, words));
}

/** An allow rule for `git` is for the git on the path, without options that run programs, in a folder of the workspace. */
function allowingWords(part: Part, judging: Judging): string[] {
  const [name, ...rest] = part.words;
  const bare = programName(name!.value);
  const plain = [bare, ...rest.map((word) => word.value)];
  if (bare !== 'git') return plain;
  const call = readGit(rest);
  const isHome =
    !call.isAltered &&
    gitFolders(part, call.folders).every((folder) => judging.places.roots.some((root) => isInside(root, folder)));
  return isHome ? ['git', call.subcommand, ...call.args.map((word) => word.value)] : plain;
}

function judgeSecrets(part: Part, rule: Rule, judging: Judging): Finding[] {
  if (rule.pattern === undefined || !rule.pattern.includes('*') || judging.mode === 'full') return [];
  const findings = judgePaths(
    'read',
    part.words.slice(1).filter((word) => word.isKnown),
    part,
    judging,
  );
  return findings.filter((finding) => finding.reason.endsWith('looks like it holds secrets.'));
}

function judgeSimple(part: Part, judging: Judging): Finding[] {
  if (!part.words[0]) return [];
  const reading = readOnly(part);
  if ('paths' in reading)
    return [
      ...judgeFolder(part, reading.paths.length > 0, judging),
      ...judgePaths('read', reading.paths, part, judging),
      ...judgeLinks(reading.paths, part, judging),
      { verdict: 'allow', reason: `\`${clipCommand(part.text)}\` only reads.` },
    ];
  const written = judging.mode === 'edits' ? writtenPaths(part) : undefined;
  if (written) return judgePaths('write', written, part, judging);
  const shown = `\`${clipCommand(part.text)}\``;
  if (judging.mode === 'plan') return [{ verdict: 'deny', reason: `Mode plan only reads, and ${reading.why}.` }];
  const suggestion = suggestRule(part);
  return [
    {
      verdict: 'ask',
      reason: `Mode ${judging.mode} asks before ${shown}: ${reading.why}.`,
      ...(suggestion ? { suggestion } : {}),
    },
  ];
}

/** What follows links may leave the workspace by one that lies somewhere below. */
function judgeLinks(paths: readonly Argument[], part: Part, judging: Judging): Finding[] {
  if (!followsLinks(part)) return [];
  const named = eachPath(paths, part);
  for (const folder of named.length > 0 ? named : (part.folders ?? [])) {
    const link = findLinkOut(folder, judging.real.roots);
    if (link === undefined) continue;
    const why =
      link === 'too-many'
        ? 'in a folder that is too large to look through'
        : `and ${shorten(link, judging.places)} leads out`;
    return [{ verdict: 'ask', reason: `\`${clipCommand(part.text)}\` follows links, ${why}.` }];
  }
  return [];
}

/** A command that reads where it stands must stand in the workspace; git must not take a planted folder for a repository. */
function judgeFolder(part: Part, readsPaths: boolean, judging: Judging): Finding[] {
  const name = programName(part.words[0]!.value);
  if (!part.folders)
    return readsPaths
      ? [{ verdict: 'ask', reason: `\`${clipCommand(part.text)}\` runs in a folder that can't be known beforehand.` }]
      : [];
  const folders = name === 'git' ? gitFolders(part, readGit(part.words.slice(1)).folders) : part.folders;
  const findings = folders.map((folder) => judgePath('read', folder, judging));
  if (name !== 'git') return name === 'cd' || name === 'echo' ? [] : findings;
  const planted = folders.map((folder) => plantedRepository(folder, judging)).find((folder) => folder !== undefined);
  return planted
    ? [
        ...findings,
        { verdict: 'ask', reason: `${planted} looks like a bare git repository, whose settings could run programs.` },
      ]
    : findings;
}

function gitFolders(part: Part, given: readonly string[]): string[] {
  return (part.folders ?? ['/']).map((folder) => resolve(folder, ...given));
}

/** The folder between here and the workspace's root that git would take for a repository although it is no `.git`. */
function plantedRepository(folder: string, judging: Judging): string | undefined {
  for (let at = folder; judging.places.roots.some((root) => isInside(root, at)); at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return undefined;
    if (existsSync(join(at, 'HEAD')) && existsSync(join(at, 'objects')) && existsSync(join(at, 'refs'))) return at;
    if (dirname(at) === at) return undefined;
  }
  return undefined;
}

function judgeRedirects(part: Part, judging: Judging): Finding[] {
  const sockets = [...part.writes, ...part.reads].filter((word) => /^\/dev\/(tcp|udp)\//.test(word.value));
  if (sockets[0])
    return [
      {
        verdict: judging.mode === 'plan' ? 'deny' : 'ask',
        reason: `\`${clipCommand(part.text)}\` opens a network connection.`,
      },
    ];
  return [...judgePaths('write', part.writes, part, judging), ...judgePaths('read', part.reads, part, judging)];
}

function judgeAssignments(part: Part, judging: Judging): Finding[] {
  const isHarmless = part.words.length > 0 ? isHarmlessPrefix : isHarmlessVariable;
  const harmful = part.assignments.find((assignment) => !isHarmless(assignment.name));
  if (!harmful) return [];
  return [
    {
      verdict: judging.mode === 'plan' ? 'deny' : 'ask',
      reason: `Setting ${harmful.name} can change what \`${clipCommand(part.text)}\` does.`,
    },
  ];
}

function judgePaths(access: Access, words: readonly Argument[], part: Part, judging: Judging): Finding[] {
  const findings: Finding[] = [];
  const areListed = access === 'read' && part.listed !== undefined;
  const unknown = words.find((word) => !word.isKnown && !(areListed && word === listedName));
  if (unknown)
    findings.push({
      verdict: judging.mode === 'plan' && access === 'write' ? 'deny' : 'ask',
      reason: `\`${clipCommand(part.text)}\` names a path that can't be known beforehand (${clipCommand(unknown.value)}).`,
    });
  return [...findings, ...eachPath(words, part).map((path) => judgePath(access, path, judging))];
}

function eachPath(words: readonly Argument[], part: Part): string[] {
  const folders = part.folders ?? [];
  return words
    .filter((word) => word.isKnown && word.value !== '-')
    .flatMap((word) =>
      word.value.startsWith('/') ? [resolve(word.value)] : folders.map((folder) => resolve(folder, word.value)),
    );
}

/** A command on one line, at most 80 characters. */
export function clipCommand(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}
