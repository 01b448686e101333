import type { ConstraintRule } from '../constraint.ts';
import { readCommand } from './command-words.ts';
import { readNominal } from './nominals.ts';
import { rulesOf, type Surroundings } from './objects.ts';
import { one, type Rules, readPassive } from './passive.ts';
import { readFrames } from './sentence-frames.ts';
import { readVerbs } from './verbs.ts';

const none: readonly ConstraintRule[] = [];

/** The beginning of a prohibition, up to its verb. */
export const not =
  '(?:(?:you|agents?)\\s+)?(?:(?:really|absolutely|strictly|certainly|definitely)\\s+)?(?:(?:do|must|should|shall|may|can) not(?: you dare(?: to)?)?|(?:(?:must|should|shall|may|can) )?never|(?:are|is) (?:not|never) (?:allowed|permitted|supposed|meant) to|(?:are|is) forbidden (?:to|from)|not allowed to|forbidden to|let us not|avoid|refrain from|abstain from|stop|not)\\s+(?:(?:ever|even|actually|really|under any circumstances|in any way|directly|dare(?: to)?|also|bother(?: to)?|go and|try to|attempt to|start to|accidentally|automatically)\\s+)*';
const negated = new RegExp(`^${not}`, 'i');

const mainCheckout = new RegExp(
  `^(?:${not}(?:implement|work|edit|chang|cod|mak|writ|develop|commit)\\w*|(?:.+\\b)?(?:not|never))\\b[^,;]{0,40} in the main (?:checkout|worktree|working (?:tree|copy)|clone)$`,
  'is',
);

const programVerb =
  /^(?:npm|pnpm|yarn|pip|git|docker|brew|apt|cargo|kubectl|terraform|ssh|rm|npx|bun|chmod|chown|pytest|sudo|make (?=\w+$)|alembic|prisma|helm|aws|gcloud|gh|psql|sed -i)\b/i;

/** A clause with a negation in front: verbs, and what they are about. */
function readNegated(clause: string, around: Surroundings): Rules {
  const start = negated.exec(clause)?.[0];
  if (start === undefined) return undefined;
  const rest = clause.slice(start.length);
  if (/^[`"'].+[`"']$/.test(rest)) return one(readCommand(rest));
  if (/^rewrit(?:e|ing) (?:the |any |git |published |pushed |existing |old )*(?:history|commits)$/i.test(rest))
    return [{ type: 'no-git', verbs: ['rebase', 'amend', 'squash', 'force-push'] }];
  if (/^us(?:e|ing) sed to (?:edit|change|modify|write)(?: (?:any |the )?(?:files?|code))?$/i.test(rest))
    return [{ type: 'no-command', commands: ['sed -i'] }];
  if (/^ssh/i.test(rest))
    return one(readCommand(/^ssh(?:ing)?(?: (?:in|on|to|into)\b.*)?$/i.test(rest) ? 'ssh' : rest));
  const found = readVerbs(rest.replace(/^git add\b/i, 'stage'));
  if (found === undefined) return programVerb.test(rest) ? one(readCommand(rest)) : undefined;
  return (
    rulesOf(found.row, found.object, around) ??
    readRow(rest, around) ??
    (programVerb.test(rest) ? one(readCommand(rest)) : undefined)
  );
}

/** "Push to main or open a PR": each verb has an object of its own. */
function readRow(words: string, around: Surroundings): Rules {
  const parts = words.split(/,?\s+(?:or|nor)\s+/i);
  if (parts.length < 2) return undefined;
  const rules: ConstraintRule[] = [];
  for (const part of parts) {
    const found = readVerbs(part);
    const read = found === undefined ? undefined : rulesOf(found.row, found.object, around);
    if (read === undefined) return undefined;
    rules.push(...read);
  }
  return rules;
}

/** The rules that a clause states, when code understands all of it; none otherwise. */
export function readClause(
  clause: string,
  around: Surroundings = { named: [], hasOrder: false },
): readonly ConstraintRule[] {
  if (clause.length > 400) return none;
  if (mainCheckout.test(clause)) return [{ type: 'no-main-checkout' }];
  const read = readNegated(clause, around) ?? readNominal(clause, around) ?? readPassive(clause, around);
  if (read !== undefined) return read;
  return readFrames(clause, around) ?? withoutStatement(clause, around);
}

const statement =
  /^(?:[\w'’.-]+ ){1,5}?(?:is|are|was|were|will|has|have|had|needs?|works?|uses?|owns?|depends?|does|do|did|handles?|manages?|takes?|breaks?|goes|gets?|wants?|likes?|comes?|still|already|belongs?|exists?|would|could)\b/i;
const narrows = /\b(?:if|unless|except|only|until|but|when|whenever|while|which|that are|without)\b/i;

/** A prohibition with a remark behind a comma: "don't run X, other people use it". */
function withoutStatement(clause: string, around: Surroundings): readonly ConstraintRule[] {
  const at = clause.indexOf(', ');
  if (at === -1 || narrows.test(clause.slice(at))) return none;
  return statement.test(clause.slice(at + 2)) ? readClause(clause.slice(0, at), around) : none;
}

const prohibition =
  /^(?:leave |(?:(?:you|agents?) )?(?:(?:do|must|should|shall|may|can) not|never|(?:are|is) not allowed to|let us not|avoid|refrain from) )\w/i;

/** Whether a clause looks as if it forbids something, understood or not. */
export function mayForbid(clause: string): boolean {
  return prohibition.test(clause);
}
