import type { Verdict } from '../../../core/types.ts';

/** What is known of an open episode when a further finding may belong to it. */
type Known = {
  readonly verdict: Verdict;
  readonly keys: ReadonlySet<string>;
  readonly evidenceSteps: ReadonlySet<number>;
  readonly presentAtStep: number;
  readonly progressed: boolean;
};

/**
 * The same key is the same misbehaviour. A stuck run is one episode, whether it is seen as a loop or as failing calls. Of the other
 * classes two findings are one when they are about the same steps, or when a judge quotes the same words for both.
 */
export function belongsTo(episode: Known, verdict: Verdict): boolean {
  const first = episode.verdict;
  if (episode.keys.has(verdict.key)) return true;
  if (isStuck(first.class) && isStuck(verdict.class))
    return first.class === verdict.class || sharesEvidence(episode, verdict) || isSameSeries(episode, verdict);
  // Calls that the ledger refuses look like a loop, too, and are reminded of already.
  if (first.detector === 'constraint' && isStuck(verdict.class)) return sharesEvidence(episode, verdict);
  if (first.class !== verdict.class) return false;
  return isSameOfJudge(first, verdict) || sharesEvidence(episode, verdict);
}

/** Classes whose findings are each about an act or a statement of its own. */
const ofSingleActs: ReadonlySet<string> = new Set([
  'did-not-follow-instructions',
  'unrequested-changes',
  'false-claim',
  'test-tampering',
]);

/** Both the judge's, and what was asked or claimed is the same sentence, or a part of it; a belief is one, however it is quoted. */
function isSameOfJudge(first: Verdict, { class: name, source, quote }: Verdict): boolean {
  if (first.source !== 'judge' || source !== 'judge') return false;
  if (!ofSingleActs.has(name) || first.quote === undefined || quote === undefined) return true;
  return first.quote.includes(quote) || quote.includes(first.quote);
}

function sharesEvidence(episode: Known, verdict: Verdict): boolean {
  const shared = verdict.evidenceSteps.filter(
    (step) => episode.evidenceSteps.has(step) || step === episode.presentAtStep,
  );
  return shared.length * 2 >= verdict.evidenceSteps.length;
}

/** A series of failures goes on where the last of it was, whatever a further detector makes of it. */
function isSameSeries(episode: Known, verdict: Verdict): boolean {
  return !episode.progressed && Math.min(...verdict.evidenceSteps) <= episode.presentAtStep + 1;
}

function isStuck(className: string): boolean {
  return className === 'infinite-loop' || className === 'tool-call-failure';
}
