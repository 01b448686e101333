import { hashText } from '../step/hash.ts';
import type { Constraint, ConstraintRule } from './constraint.ts';
import { readFileSet } from './file-words.ts';
import { readSentences } from './sentences.ts';

const maxConstraints = 40;

/** A way of saying it: `object` is the part of the sentence that names what is meant. */
type Phrase = {
  readonly pattern: RegExp;
  readonly read: (object: string, sentence: string) => ConstraintRule | undefined;
};

const no =
  "(?:do not|don['’]t|dont|never|must not|mustn['’]t|should not|shouldn['’]t|may not|cannot|can['’]t|not allowed to|avoid|without|refrain from)";
const start = '(?:^|[.;:,!(–—-]\\s{0,3}|\\b(?:and|but|so|please|you|also|just|then|however|agents?|to)\\s+)';
const soft = '(?:(?:also|ever|even|actually|under any circumstances|in any way)\\s+)?';
const changing =
  '(?:modif(?:y|ying)|chang(?:e|ing)|edit(?:ing)?|touch(?:ing)?|alter(?:ing)?|updat(?:e|ing)|delet(?:e|ing)|remov(?:e|ing)|overwrit(?:e|ing)|writ(?:e|ing) to|mak(?:e|ing) (?:any )?changes (?:to|in)|renam(?:e|ing)|mess(?:ing)? with)';

/** What is said, from the surest to the vaguest; the first phrase that gives a rule wins for its part of the sentence. */
const phrases: readonly Phrase[] = [
  {
    pattern: new RegExp(
      `${start}${no}\\s+${soft}(?:add|install|introduc|us|bring)(?:e|ing)?(?: in)?\\s+(?:any\\s+)?(?:new |additional |extra |other |more |third.party |external )+(?:\\w+ )?(?:dependenc|packages?|librar|modules?)`,
      'i',
    ),
    read: () => ({ type: 'no-dependencies' }),
  },
  {
    pattern:
      /(?:^|[.;:,!(–—-]\s{0,3}|\b(?:and|but|with|please)\s+)no (?:new |additional |extra |third.party |external )+(?:dependenc|packages?|librar)/i,
    read: () => ({ type: 'no-dependencies' }),
  },
  {
    pattern: new RegExp(
      `${start}${no}\\s+${soft}(?:git )?(?:commit|push|rebase|merge|tag|amend|stash|stage)(?:ting|ing|e)?\\b(.{0,60})`,
      'i',
    ),
    read: readGit,
  },
  {
    pattern: /(?:^|[.;:,!(–—-]\s{0,3}|\b(?:and|but|with|please)\s+)no (?:git )?(commits?|pushes|push)\b/i,
    read: readGit,
  },
  {
    pattern: new RegExp(
      `${start}${no}\\s+${soft}(?:chang|touch|modify|edit|alter|writ)\\w*\\s+(?:to\\s+)?(?:anything|any (?:other )?files?|files|code)?\\s*(?:else )?(?:outside|except|other than|but)(?: of| for| in)?\\s+(.{2,160})`,
      'i',
    ),
    read: readOnlyChange,
  },
  {
    pattern:
      /\b(?:only|just) (?:(?:make )?chang(?:e|es in|es to)|modify|edit|touch|work (?:in|on)|write to)\s+(?:files? |code |things )?(?:under |in |inside |within )?(.{2,160})/i,
    read: readOnlyChange,
  },
  {
    pattern:
      /\b(?:limit|restrict|confine|keep) (?:your|all|the|any)?\s*(?:changes|edits|work|modifications) to\s+(.{2,160})/i,
    read: readOnlyChange,
  },
  {
    pattern: /\b(?:changes|edits|modifications) (?:are )?(?:allowed )?only (?:in|under|to|inside|within)\s+(.{2,160})/i,
    read: readOnlyChange,
  },
  { pattern: /\b(?:work|stay|edit|change) only (?:in|on|under|inside|within)?\s*(.{2,160})/i, read: readOnlyChange },
  { pattern: /\bonly files? (?:under|in|inside|within)\s+(.{2,160})/i, read: readOnlyChange },
  { pattern: /\b(?:(?:stay|work|keep) (?:within|inside)|nothing outside(?: of)?)\s+(.{2,160})/i, read: readOnlyChange },
  { pattern: new RegExp(`${start}${no}\\s+${soft}${changing}\\s*:?\\s*(.{2,200})`, 'i'), read: readNoChange },
  { pattern: new RegExp(`\\bwithout\\s+(?:ever )?${changing}\\s+(.{2,160})`, 'i'), read: readNoChange },
  {
    pattern: /\b(?:changes?|edits?|modifications?) (?:only )?to (non-test files)/i,
    read: () => ({ type: 'no-change', files: { kinds: ['tests'], globs: [] } }),
  },
  {
    pattern:
      /(.{2,120}?)\s+(?:must|should|may|can)(?:n['’]t| not)\s+be\s+(?:modified|changed|edited|touched|altered|updated|deleted|removed)/i,
    read: readNoChange,
  },
  {
    pattern: /(.{2,120}?)\s+(?:is|are) (?:off.limits|read.only|not to be (?:modified|changed|edited|touched))/i,
    read: readNoChange,
  },
  {
    pattern:
      /\b(?:leave|keep)\s+(.{2,120}?)\s+(?:alone|untouched|unchanged|as (?:is|they are|it is)|intact|unmodified)/i,
    read: readNoChange,
  },
  {
    pattern:
      /(?:^|[.;:,!(–—-]\s{0,3}|\b(?:and|but|with|please)\s+)no (?:changes?|edits?|modifications?) (?:to|in)\s+(.{2,120})/i,
    read: readNoChange,
  },
  {
    pattern: new RegExp(
      `${start}${no}\\s+${soft}(?:creat|mak|add|writ|leav)(?:e|ing)?\\s+(?:any\\s+)?(?:new |other |additional |extra |more )+(?:files?|folders?|scripts?|documents?)`,
      'i',
    ),
    read: (_, sentence) => ({ type: 'no-new-files', except: readFileSet(sentence).globs }),
  },
  {
    pattern: new RegExp(
      `${start}${no}\\s+${soft}(?:run|execut|call|us|invok|start|appl)(?:e|ing|ning|y|ying)?\\s+(.{2,120})`,
      'i',
    ),
    read: readCommand,
  },
];

/** No sentence without one of these words can be a constraint. */
const trigger =
  /\b(?:not|n['’]?t|dont|never|no|only|just|avoid|without|refrain|leave|keep|limit|restrict|confine|nothing|stay|work|off.limits|read.only|non-test)\b|n['’]t\b/i;

/**
 * The explicit constraints in somebody's words that code can check, by rules: what may not be changed, what alone may
 * be changed, commands that may not run, no new dependencies, no commits. Only clear imperatives count ("don't touch
 * the tests"; not "you don't have to change the tests", and not what quoted material, code or an issue says of its
 * software). Reads at most 100,000 characters, in time linear in them.
 */
export function extractConstraints(text: string, source: string): Constraint[] {
  const found = new Map<string, Constraint>();
  for (const sentence of readSentences(text)) {
    if (!trigger.test(sentence)) continue;
    for (const { pattern, read } of phrases) {
      const match = pattern.exec(sentence);
      if (match === null) continue;
      const rule = read(match[1] ?? match[0], sentence);
      if (rule === undefined) continue;
      const quote = sentence.slice(0, 200);
      const id = `c${hashText(`${JSON.stringify(rule)}`).toString(36)}`;
      if (!found.has(id)) found.set(id, { id, quote, source, rule });
      break;
    }
    if (found.size >= maxConstraints) break;
  }
  return [...found.values()];
}

function readNoChange(object: string, sentence: string): ConstraintRule | undefined {
  const named = /^(?:them|it|these|those|this|that)\b/i.test(object.trim()) ? sentence : object;
  const files = readFileSet(clauseOf(named));
  return files.kinds.length + files.globs.length === 0 ? undefined : { type: 'no-change', files };
}

function readOnlyChange(object: string): ConstraintRule | undefined {
  const files = readFileSet(clauseOf(object));
  return files.kinds.length + files.globs.length === 0 ? undefined : { type: 'only-change', files };
}

/** The part that still belongs to the object: a new main clause ends it. */
function clauseOf(text: string): string {
  return text.split(
    /[.;!?](?:\s|$)|,? (?:but|because|since|unless|until|while|so that|when|if|then)\b|\band (?:then|make|add|fix|run|update|write|create|use|implement)\b/i,
    1,
  )[0]!;
}

function readGit(_: string, sentence: string): ConstraintRule | undefined {
  const verbs = ['commit', 'push', 'rebase', 'merge', 'tag', 'stash'].filter((verb) =>
    new RegExp(`\\b${verb}`, 'i').test(sentence),
  );
  return verbs.length === 0 ? undefined : { type: 'no-git', verbs };
}

/** Commands in backticks or quotes, and the few that people name without them. */
function readCommand(object: string): ConstraintRule | undefined {
  const clause = clauseOf(object);
  const quoted = [...clause.matchAll(/[`"']([^`"'\n]{2,80})[`"']/g)]
    .map((match) => match[1]!.trim())
    .filter((command) => /^[\w./][\w./-]*(?: [\w./:@=-]+)*$/.test(command));
  const named = /\bmigrations?\b/i.test(clause)
    ? ['migrate', 'migration:run', 'alembic upgrade', 'db:migrate', 'migrate:latest']
    : [];
  const bare =
    quoted.length + named.length > 0
      ? null
      : /^(?:the )?((?:npm|pnpm|yarn|git|make|docker|kubectl|terraform|sudo|rm|cargo|pip)\b(?: [\w:.-]+){0,2})/i.exec(
          clause.trim(),
        );
  const commands = [...quoted, ...named, ...(bare === null ? [] : [bare[1]!.toLowerCase()])];
  return commands.length === 0 ? undefined : { type: 'no-command', commands };
}
