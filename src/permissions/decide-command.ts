import { watchGit } from '../core/git/watch-git.ts';
import { clipCommand, readScript, type ScriptReading, type SimpleCommand } from '../core/shell/read-script.ts';
import type { Confinement, Target } from '../core/tool.ts';
import { decideRedirects, decideWords } from './command-paths.ts';
import { allowingRule, forbidCommand } from './command-rules.ts';
import { findByRule, type PartDecision, type PermissionContext, shorten } from './decide-path.ts';
import { decidePlainly, decideUnkept, nameGravest, nameTogether } from './decide-plainly.ts';
import { readsFolder } from './folder-readers.ts';
import { decideTakenStashes } from './git/decide-losses.ts';
import { isInBareRepository } from './git/embedded-repository.ts';
import { describeRunByGit, findRunByGit } from './git/run-by-git.ts';
import { isHarmless, isMaker, isPathAlone } from './harmless-commands.ts';
import { plainEffect, programWords } from './plain-effects.ts';
import { describeAct, gravityOf } from './reasons/describe-act.ts';
import { findStandIn } from './stand-in.ts';
import { suggestRule } from './suggest-rule.ts';
import { listedForDeletion } from './unkept/lost-by-words.ts';

type CommandTarget = Extract<Target, { kind: 'command' }>;

/** What was found about a command, and how it is held if nothing forbids it or asks. */
export type CommandDecision = { readonly parts: readonly PartDecision[]; readonly confinement: Confinement };

/**
 * Decides a shell command. What it does is not proven from its text: where there is a sandbox, what runs without a question runs in
 * one that makes it harmless, and the text only tells what to ask about at once. Without a sandbox only literal commands that are
 * known to read run by themselves.
 */
export function decideCommand(target: CommandTarget, given: PermissionContext): CommandDecision {
  const { command } = target;
  const context = { ...given, offersFilesOnly: true, isChained: isChained(command) };
  const approved = (...parts: PartDecision[]): CommandDecision => ({ parts, confinement: 'approved' });
  if (command.trim() === '') return approved({ ruling: 'allow', reason: 'The command is empty.' });
  const script = readScript(command, { home: context.places.home, cwd: context.places.cwd });
  const forbidden = forbidCommand(script, context);
  if (forbidden.some(({ ruling }) => ruling === 'deny')) return approved(...forbidden);
  if (context.mode === 'full')
    return approved(...forbidden, { ruling: 'allow', reason: 'Mode full allows every command.' });
  const byRule = context.mode === 'plan' ? undefined : coveredByRules(script, context);
  if (byRule) return approved(...forbidden, ...byRule);
  const gits = script.commands.filter((each) => programWords(each)[0] === 'git').length;
  if (gits > mostGits) return approved(...forbidden, tooManyGits(gits, context));
  const { found, isAnswered } = watchGit(() => decideScript(target, script, forbidden, context));
  const onlyReads = found.confinement === 'read-only' || script.commands.every((each) => isHarmless(each, context));
  if (isAnswered || onlyReads || context.mode !== 'edits') return found;
  return { ...found, parts: [gitIsSilent(command), ...found.parts] };
}

/** What of git's own a command would lose is asked of git, which a pipe among the files can keep waiting. */
function gitIsSilent(command: string): PartDecision {
  const what = `what \`${clipCommand(command)}\` would lose can't be told: git gave no answer about what is staged and changed here`;
  return { ruling: 'ask', reason: `${what}; mode edits asks first.`, gravity: 3.2 };
}

function decideScript(
  target: CommandTarget,
  script: ScriptReading,
  forbidden: readonly PartDecision[],
  context: PermissionContext,
): CommandDecision {
  const plain = script.commands.flatMap((each) => decidePlainly(each, context));
  const asked = [
    ...forbidden,
    ...plain,
    ...nameGravest(script, plain, context),
    ...nameTogether(script, plain, context),
    ...decideTakenStashes(script, context),
    ...listedForDeletion(script).flatMap((each) => decideUnkept(each, context)),
  ];
  if (context.canConfine) return decideConfined(target, script, asked, context);
  return { parts: [...asked, ...decideUnconfined(target.command, script, context)], confinement: 'approved' };
}

/** Of each git command in a script its repository is asked by git, some of them several times, while nothing else can be done. */
const mostGits = 12;

function tooManyGits(count: number, { mode }: PermissionContext): PartDecision {
  const what = `it runs ${count} git commands, of which at most ${mostGits} are looked at`;
  if (mode === 'plan') return { ruling: 'deny', reason: `Mode plan only reads, and of this it is not known: ${what}.` };
  return { ruling: 'ask', reason: `Mode ${mode} asks before this command: ${what}.` };
}

/** Whether a line begins with a `cd` without which nothing of the rest runs: `cd docs && npm test`, not `false && cd docs; npm test`. */
function isChained(command: string): boolean {
  return /^\s*cd\s+[\w./@+-]+\s*(?:&&[^;|&\n(){}]+)+$/.test(command.trimEnd());
}

/** Every simple command is covered by an allow rule or only reads, and at least one is covered; undefined when that is not so. */
function coveredByRules(
  { commands, problem, setsNothing }: ScriptReading,
  context: PermissionContext,
): PartDecision[] | undefined {
  const everything = context.rules.find(
    (rule) => rule.effect === 'allow' && rule.kind === 'shell' && rule.pattern === undefined,
  );
  if (everything) return [findByRule(everything, 'every command')];
  if (problem || !setsNothing) return undefined;
  // With all its effects it would write to a place that nobody has seen.
  if (commands.some(({ writes, reads }) => [...writes, ...reads].some(({ isKnown }) => !isKnown))) return undefined;
  const parts: PartDecision[] = [];
  let hasRule = false;
  // With a redirection anywhere, what is read may be no pipe.
  const isPiped = !commands.some(({ text }) => text.includes('<'));
  for (const command of commands) {
    const rule = command.words.length > 0 ? allowingRule(command, context) : undefined;
    hasRule ||= rule !== undefined;
    // What only reads runs with all effects next to what the rule covers, so no sandbox keeps a repository's settings from running code.
    if (
      !rule &&
      (readsFolder(command, context.places.roots, isPiped && command.isFed) ||
        !isHarmless(command, { ...context, canConfine: false }))
    )
      return undefined;
    parts.push(...decideRedirects(command, context));
    if (!rule) continue;
    const secrets = rule.pattern?.includes('*')
      ? decideWords(command, context).filter(({ reason }) => reason.endsWith('secrets.'))
      : [];
    parts.push(...secrets, findByRule(rule, `\`${clipCommand(command.text)}\``));
  }
  return hasRule ? parts : undefined;
}

/** How a command is held that nothing asks about. In mode edits the repository's own folder is open to plain git commands alone. */
function decideConfined(
  { command, isBackground = false }: CommandTarget,
  script: ScriptReading,
  asked: readonly PartDecision[],
  context: PermissionContext,
): CommandDecision {
  const shown = `\`${clipCommand(command)}\``;
  if (context.mode !== 'edits') {
    const reason = `Mode ${context.mode} lets ${shown} run where it can only read.`;
    return { parts: [...asked, { ruling: 'allow', reason }], confinement: 'read-only' };
  }
  const readsOnly =
    script.problem === undefined &&
    script.commands.every((each) => isHarmless(each, context) && each.writes.length === 0);
  if (readsOnly)
    return { parts: [...asked, { ruling: 'allow', reason: `${shown} only reads.` }], confinement: 'read-only' };
  const isCommit = (each: SimpleCommand) =>
    plainEffect(each) === 'commits' && hasNoSettings(each) && !isInBareRepository(each.folder);
  const commits =
    script.isLiteral &&
    script.commands.some(isCommit) &&
    script.commands.every((each) => isCommit(each) || isHarmless(each, context));
  const reason = `Mode edits lets ${shown} run where it can change the workspace only.`;
  const { cwd } = context.places;
  const started = commits ? script.commands.flatMap((each) => decideStarted(each, cwd)) : [];
  const beside = isBackground ? [decideBeside(shown, script, context)] : [];
  return {
    parts: [...asked, ...started, ...beside, { ruling: 'allow', reason }],
    confinement: commits ? 'repository' : 'workspace',
  };
}

/** What a command makes is looked at when it has ended, and what others are shown must stand still meanwhile: no two write at once. */
function decideBeside(
  shown: string,
  { commands, problem }: ScriptReading,
  { isOffline = false, places }: PermissionContext,
): PartDecision {
  const [only, ...more] = commands;
  const suggestion = only && more.length === 0 && !problem ? suggestRule(only, places.cwd) : undefined;
  const gives = isOffline ? 'read your files' : 'use the network and read your files';
  return {
    ruling: 'ask',
    reason: `${shown} would write in the workspace beside other commands, and what it makes is not looked at before it ends. A yes also lets it ${gives} outside of the workspace; mode edits asks first.`,
    gravity: 1,
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}

/** Git with an option in front of its subcommand may run programs, or act on another repository. */
function hasNoSettings(command: SimpleCommand): boolean {
  const [, first = ''] = programWords(command);
  return !first.startsWith('-') || /^(--no-pager|-P|--no-optional-locks)$/.test(first);
}

/** What git runs of the repository's own could delete the whole of it while its folder is open: no checkpoint holds that. */
function decideStarted(command: SimpleCommand, cwd: string): PartDecision[] {
  const started = findRunByGit(command);
  const what = describeRunByGit(started);
  if (what === undefined) return [];
  const suggestion = suggestRule(command, cwd);
  return [
    {
      ruling: 'ask',
      reason: `\`git ${clipCommand(started.verb)}\` runs ${what}, which may do anything to .git; mode edits asks first.`,
      gravity: 1,
      ...(suggestion === undefined ? {} : { suggestion }),
    },
  ];
}

/** Where nothing holds a command: one literal command (or several, joined) that only reads, in mode edits also one that makes files. */
function decideUnconfined(command: string, script: ScriptReading, context: PermissionContext): PartDecision[] {
  const shown = `\`${clipCommand(command)}\``;
  const [doubtful] = script.commands
    .filter((each) => !isHarmless(each, context) && !isMaker(each, context))
    .filter((each) => context.mode === 'plan' || !isPathAlone(each))
    .sort((left, right) => gravityOf(right) - gravityOf(left));
  if (script.isLiteral && !script.problem && !doubtful)
    return [{ ruling: 'allow', reason: `${shown} is known and harmless.` }];
  const why = script.problem ?? (doubtful ? describeDoubt(doubtful, context) : 'what it expands to is not known');
  if (context.mode === 'plan')
    return [{ ruling: 'deny', reason: `Mode plan only reads, and of ${shown} that is not certain: ${why}.` }];
  const suggestions = script.isLiteral
    ? script.commands.map((each) => (isHarmless(each, context) ? '' : suggestRule(each, context.places.cwd)))
    : [undefined];
  const suggestion = suggestions.includes(undefined) ? undefined : suggestions.filter(Boolean).join(', ');
  return [
    {
      ruling: 'ask',
      reason: `Mode ${context.mode} asks before ${shown}: ${why}.${context.advice ? ` ${context.advice}` : ''}`,
      ...(suggestion ? { suggestion } : {}),
    },
  ];
}

function describeDoubt(command: SimpleCommand, { places }: PermissionContext): string {
  const standIn = findStandIn(command);
  if (standIn === undefined) return describeAct(command);
  return `on your PATH \`${clipCommand(command.words[0]!.value)}\` is ${JSON.stringify(shorten(standIn, places))}, which the repository brought`;
}
