import type { Constraint } from './constraint.ts';
import { extractConstraints } from './extract.ts';
import { readFileSet } from './file-words.ts';
import { readSentences } from './sentences.ts';

const permission =
  /\b(?:you (?:may|can|are allowed to)|feel free to|go ahead and|it['’]?s (?:ok|okay|fine|alright) (?:for you )?to|(?:ok|okay|yes),? (?:do|please)?|allowed now)\b/i;
const request =
  /(?:^|[.;:,]\s*|\b(?:and|now|please|also|then)\s+)(?:fix|update|change|edit|modify|adapt|adjust|rewrite|add|write|delete|remove|commit|push|install|run)\b/i;

/** The ids of constraints that later words of the user lift: a permission or a request for just what they forbid. */
export function liftedBy(text: string, constraints: readonly Constraint[]): string[] {
  if (constraints.length === 0) return [];
  const open = readSentences(text).filter(
    (sentence) =>
      (permission.test(sentence) || request.test(sentence)) && extractConstraints(sentence, 'user').length === 0,
  );
  return constraints
    .filter((constraint) => open.some((sentence) => isLifted(constraint, sentence)))
    .map((constraint) => constraint.id);
}

function isLifted({ rule }: Constraint, sentence: string): boolean {
  switch (rule.type) {
    case 'no-change': {
      const named = readFileSet(sentence);
      return (
        named.kinds.some((kind) => rule.files.kinds.includes(kind)) ||
        named.globs.some((glob) => rule.files.globs.includes(glob))
      );
    }
    case 'only-change':
      return /\b(?:any|other|all|everything|elsewhere|outside)\b/i.test(sentence) && permission.test(sentence);
    case 'no-new-files':
      return /\bnew files?\b|\bcreate\b/i.test(sentence);
    case 'no-dependencies':
      return /\b(?:dependenc|package|librar|install)/i.test(sentence);
    case 'no-git':
      return rule.verbs.some((verb) => new RegExp(`\\b${verb}`, 'i').test(sentence));
    case 'no-command':
      return rule.commands.some((command) => sentence.toLowerCase().includes(command.toLowerCase()));
    default:
      return rule satisfies never;
  }
}
