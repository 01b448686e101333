import type { Constraint } from './constraint.ts';
import { extractConstraints } from './extract.ts';
import { readFileSet } from './file-words.ts';
import { readSentences } from './sentences.ts';

const asked =
  "(?:^|[.;:,]\\s*|\\b(?:and|now|please|also|then|may|can|to|just|should|ahead and|let['’]s|want you to)\\s+)";
const changing = new RegExp(
  `${asked}(?:update|change|edit|modify|adapt|adjust|rewrite|delete|remove|rename|touch)\\s+(.{2,80})`,
  'gi',
);
const everything =
  /\b(?:you (?:may|can)|feel free to|go ahead and|it['’]?s (?:ok|okay|fine) to)\b.{0,40}\b(?:any|other|all|everything|elsewhere|outside)\b/i;
const creating = new RegExp(
  `${asked}(?:create|add|write|make)\\s+(?:\\w+\\s+){0,3}(?:files?|folders?|scripts?)\\b`,
  'i',
);
const depending = new RegExp(
  `${asked}(?:install|add|use)\\s+(?:\\S+\\s+){0,4}(?:dependenc|packages?|librar)|${asked}install\\s+\\S`,
  'i',
);

/** The ids of constraints that later words of the user lift: they ask for, or allow, just what was forbidden. */
export function liftedBy(text: string, constraints: readonly Constraint[]): string[] {
  if (constraints.length === 0) return [];
  const sentences = readSentences(text).filter((sentence) => extractConstraints(sentence, 'user').length === 0);
  return constraints
    .filter((constraint) => sentences.some((sentence) => isLifted(constraint, sentence)))
    .map((constraint) => constraint.id);
}

function isLifted({ rule }: Constraint, sentence: string): boolean {
  switch (rule.type) {
    case 'no-change':
      return objectsOf(sentence).some(({ kinds, globs }) => {
        const isKind = kinds.some((kind) => rule.files.kinds.includes(kind));
        return isKind || globs.some((glob) => rule.files.globs.includes(glob));
      });
    case 'only-change':
      return everything.test(sentence);
    case 'no-new-files':
      return creating.test(sentence);
    case 'no-dependencies':
      return depending.test(sentence);
    case 'no-git':
      return rule.verbs.some((verb) => new RegExp(`${asked}(?:git )?${verb}\\b`, 'i').test(sentence));
    case 'no-command':
      return rule.commands.some((command) => isAskedFor(command, sentence));
    default:
      return rule satisfies never;
  }
}

/** What the sentence asks to change: the words after each verb, up to the next clause. */
function objectsOf(sentence: string) {
  return [...sentence.matchAll(changing)].map((match) =>
    readFileSet(
      match[1]!.split(
        /[.;:!?,](?:\s|$)|\b(?:so that|until|because|and|but|then|to make|with|against|in order)\b/i,
        1,
      )[0]!,
    ),
  );
}

function isAskedFor(command: string, sentence: string): boolean {
  const lower = sentence.toLowerCase();
  return (
    lower.includes(command.toLowerCase()) && new RegExp(`${asked}(?:run|execute|use|start|call)\\b`, 'i').test(sentence)
  );
}
