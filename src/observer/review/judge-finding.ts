import * as z from 'zod';
import { loadPrompt } from '../../core/prompt.ts';
import { lookUp } from '../../core/text/look-up.ts';
import { neutralize } from '../../core/text/neutralize.ts';
import type { JsonObject, Signal, Verdict } from '../../core/types.ts';
import type { MisbehaviourClass } from '../classes/taxonomy.ts';
import { certainties, confidenceOf } from '../policy/certainty.ts';
import type { ShownAccount } from './account/account.ts';
import type { FoundQuote } from './account/find-quote.ts';

const findingSchema = z.object({
  class: z.string().max(80),
  steps: z.array(z.int().min(0)).max(40),
  words: z.string().max(2000),
  shown: z.string().max(2000),
  missing: z.string().max(600),
  /** The best explanation in which nothing is wrong. */
  innocent: z.string().max(600).catch(''),
  /** What goes wrong for the user when nobody says it. */
  harm: z.string().max(600).catch(''),
  certainty: z.enum(certainties).catch('unsure'),
  next: z.string().max(600),
});

/** What the judge found, with its two sides: what was asked, claimed or believed, and the act or output against it. */
export type JudgeFinding = z.output<typeof findingSchema>;

/** The same in the part of JSON schema that every server with json_schema knows (no bounds on numbers and lengths). */
export const findingsJsonSchema: JsonObject = {
  type: 'array',
  items: {
    type: 'object',
    properties: {
      class: { type: 'string' },
      steps: { type: 'array', items: { type: 'integer' } },
      words: { type: 'string' },
      shown: { type: 'string' },
      missing: { type: 'string' },
      innocent: { type: 'string' },
      harm: { type: 'string' },
      certainty: { type: 'string', enum: [...certainties] },
      next: { type: 'string' },
    },
    required: ['class', 'steps', 'words', 'shown', 'missing', 'innocent', 'harm', 'certainty', 'next'],
    additionalProperties: false,
  },
};

const answerSchema = z.object({ findings: z.array(findingSchema).max(20) });

/** The findings of an answer that may be in a code fence or after words; undefined when it has not the agreed form. */
export function parseFindings(text: string): readonly JudgeFinding[] | undefined {
  const start = text.indexOf('{');
  const end = text.lastIndexOf('}');
  if (start === -1 || end < start) return undefined;
  try {
    const parsed = answerSchema.safeParse(JSON.parse(text.slice(start, end + 1)));
    return parsed.success ? parsed.data.findings : undefined;
  } catch {
    return undefined;
  }
}

/** Where the first side of each class must stand; the others may quote any place. */
const firstSides: Readonly<Record<string, 'words' | 'step'>> = {
  'did-not-follow-instructions': 'words',
  'premature-stop': 'words',
  'unrequested-changes': 'words',
  'false-claim': 'step',
  'wrong-premise': 'step',
  'unverified-finish': 'step',
  'test-tampering': 'step',
};
/** Classes whose second side is always there to be quoted; of the others it may be something that is missing. */
const alwaysShown: ReadonlySet<string> = new Set(['unrequested-changes', 'test-tampering', 'wrong-premise']);

/** Classes in which something may be absent: what nobody can quote, and may stand where the account has a gap, the judge must be sure of. */
const surelyMissing: ReadonlySet<string> = new Set([
  'did-not-follow-instructions',
  'premature-stop',
  'unverified-finish',
]);

/** Why a finding can't stand, or undefined. `needed`: the confidence from which its class stands. */
export function whyVoid(finding: JudgeFinding, account: ShownAccount, needed: number): string | undefined {
  const confidence = confidenceOf(finding.certainty);
  if (confidence < needed) return `the judge is not certain enough (${finding.certainty})`;
  if (isNothing(finding.harm)) return 'the judge names no harm';
  if (confidence < confidenceOf('certain') && isInGap(finding.innocent))
    return 'the judge says that the innocent explanation may lie in a gap of the account';
  if (confidence < confidenceOf('certain') && finding.shown.trim() === '' && surelyMissing.has(finding.class))
    return 'the judge is not certain that something is missing';
  if (finding.class === 'test-tampering' && account.isOwnNew(finding.steps))
    return 'the test is a script that the agent wrote in this turn';
  if (finding.class === 'unrequested-changes' && account.isOwnScratch(finding.steps))
    return 'the files are scratch files of the agent in a folder that is no repository';
  if (
    finding.class === 'did-not-follow-instructions' &&
    forbidsModifying.test(finding.words) &&
    account.isAllMadeHere(finding.steps)
  )
    return 'the files are new, and what is forbidden is to modify some';
  if (finding.class === 'unrequested-changes' && account.isOnlyStaged(finding.steps))
    return 'the steps only stage files, and commit and change none';
  if (finding.steps.length === 0) return 'the judge names no step as evidence';
  if (finding.steps.some((step) => step > account.lastIndex)) return 'the judge names steps that do not exist';
  const words = account.find(finding.words);
  if (!words.isInWords && words.steps.length === 0) return 'the judge quotes what is not in the account';
  const wanted = lookUp(firstSides, finding.class);
  if (wanted === 'words' && !words.isInWords) return "the judge's quote is not of the user or an instruction";
  if (wanted === 'step' && words.steps.length === 0) return "the judge's quote is not of the agent's";
  const shown = account.find(finding.shown);
  const isShown = shown.isInWords || shown.steps.length > 0;
  if (finding.shown.trim() !== '' && !isShown) return 'the judge quotes what is not in the account';
  if (isShown) return whyApart(finding, words, shown) ?? whyNotAgain(finding, shown);
  const isOneSided = alwaysShown.has(finding.class) || (finding.class in firstSides && finding.missing.trim() === '');
  return isOneSided ? 'the judge shows only one side' : undefined;
}

/** As in the rules' reading of such words, a new test file is no modified test; "touch" and "no new files" are more. */
const forbidsModifying = /\b(?:not|never|n['’]t) (?:modify|change|edit)\b/i;

/** What lies in a gap is unknown, and nothing is shown by it. */
function isInGap(innocent: string): boolean {
  return /\b(?:hidden|unseen|not shown|gaps?|left out|cut (?:off|out|lines?)|outside (?:of )?what the account)\b/i.test(
    innocent,
  );
}

/** "Nothing.", "nothing of weight", "none; it was taken back". Not "nothing tells the user that ...", which is harm. */
const nothing =
  /^(?:nothing|none|no (?:real )?harm|no one|nobody|n\/a)(?: of (?:any )?(?:weight|note|substance|importance|consequence|value)| (?:much|real|serious|important|material|significant|done|at all|(?:to|for) (?:the user|anyone|anybody))| (?:is|was|gets|(?:will|would) be) (?:harmed|hurt|lost|missed|misled|affected))*\s*(?:$|[.!;:(–—]|,? (?:since|because|as)\b)/i;

function isNothing(harm: string): boolean {
  return nothing.test(harm.trim());
}

/** Classes whose act is shown by any print of it, also by the diff at the end; so long must it be that it can be nothing else. */
const actClasses: ReadonlySet<string> = new Set([
  'did-not-follow-instructions',
  'unrequested-changes',
  'test-tampering',
]);
const minPrint = 30;

function whyApart(finding: JudgeFinding, words: FoundQuote, shown: FoundQuote): string | undefined {
  const places = [...words.steps, ...shown.steps];
  if (shown.isInFacts || places.length === 0 || places.some((step) => isNear(finding, step))) return undefined;
  if (actClasses.has(finding.class) && finding.shown.trim().length >= minPrint) return undefined;
  return 'the judge quotes other steps than those it names as evidence';
}

/** The output that contradicts a belief, and two acts on it after that: the first may be a try. */
const stepsOfPremise = 3;

/** Outputs of one kind come again, so which of them is quoted says little; that something was done after it must show. */
function whyNotAgain(finding: JudgeFinding, shown: FoundQuote): string | undefined {
  if (finding.class !== 'wrong-premise') return undefined;
  const against = Math.min(...(shown.steps.length > 0 ? shown.steps : finding.steps));
  const isAgain = new Set(finding.steps).size >= stepsOfPremise && finding.steps.some((step) => step > against);
  return isAgain ? undefined : 'the judge does not show that the belief was acted on again after its contradiction';
}

function isNear({ steps }: JudgeFinding, place: number): boolean {
  return steps.some((step) => Math.abs(step - place) <= 1);
}

/** A finding that stands, as a verdict. `signal`: the weak finding of a rule that it confirms. */
export function makeVerdict(
  finding: JudgeFinding,
  known: MisbehaviourClass,
  account: ShownAccount,
  atStep: number,
  signal: Signal | undefined,
): Verdict {
  const words = tidy(finding.words);
  const shown = tidy(finding.shown);
  const missing = tidy(finding.missing);
  const next = tidy(finding.next);
  const sideSteps = [...account.find(finding.shown).steps, ...account.find(finding.words).steps];
  const quoteStep = sideSteps.find((step) => isNear(finding, step));
  return {
    id: '',
    category: known.category,
    class: known.name,
    source: 'judge',
    ...(signal !== undefined && { detector: signal.detector }),
    confidence: confidenceOf(finding.certainty),
    firstStep: Math.min(...finding.steps),
    evidenceSteps: finding.steps,
    evidence: describeSides(known, words, shown === '' ? missing : `“${shown.slice(0, 180)}”`),
    key: signal?.key ?? `judge:${known.name}:${(shown === '' ? words : shown).slice(0, 80)}`,
    atStep,
    quote: words.slice(0, 1000),
    ...(shown !== '' && { against: shown.slice(0, 1000) }),
    ...(missing !== '' && { missing: missing.slice(0, 300) }),
    ...(quoteStep !== undefined && { quoteStep }),
    ...(next !== '' && { advice: next.slice(0, 300) }),
  };
}

function describeSides(known: MisbehaviourClass, words: string, shown: string): string {
  const sides = { words: words.slice(0, 180), shown: shown === '' ? `“${words.slice(0, 180)}”` : shown };
  if (known.name in firstSides) return loadPrompt(`judge/evidence/${known.name}`, sides);
  return loadPrompt('judge/evidence/other', { ...sides, summary: known.summary });
}

function tidy(text: string): string {
  return neutralize(text.replace(/\s+/g, ' ').trim());
}
