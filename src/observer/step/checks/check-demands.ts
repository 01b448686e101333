import { readSentences } from '../../ledger/grammar/sentences.ts';

const check = /\b(?:tests?|lint\w*|format\w*|fmt|build|type.?check\w*|checks?|verif\w+|ci|pass(?:es|ing)?)\b|`[^`]+`/i;
const beforeCommit =
  /\b(?:before|prior to)\b[^.\n]{0,30}\b(?:commit|push)(?:s|ting|ing|ted|ed)?\b|\b(?:commit|push)(?:ting|ing)?\b[^.\n]{0,30}\bonly (?:after|when|if|once)\b|\bmust (?:all )?pass\b[^.\n]{0,30}\b(?:commit|push)/i;
const firm = /\b(?:always|must|never|required?|mandatory|every|each|do not|don['’]t|make sure|ensure|run)\b/i;
/** Hooks do it, or somebody else: the agent is not asked. */
const byOthers =
  /\b(?:automatic(?:ally)?|hooks?|husky|lint-staged|prek|pre-commit|do not (?:manually )?run|don['’]t (?:manually )?run|ci (?:runs|will run)|can|optional(?:ly)?|users?)\b/i;

/** A sentence that is shown, not meant. */
const example =
  /^\W*(?:bad|good|wrong|right|better|worse|incorrect|correct|examples?|e\.g\.?|sample|avoid)(?: (?:examples?|commit|message|comment|wording|sentence))*:/i;

/** Without one of these words in it no text is worth reading by sentences. */
const mayDemand =
  /\b(?:before|prior to|only|must)\b[\s\S]{0,200}\b(?:commit|push)|\b(?:commit|push)[\s\S]{0,200}\bonly\b/i;

/** A sentence of standing instructions or of the user's that wants a check before each commit; undefined when there isn't one. */
export function findCommitDemand(text: string): string | undefined {
  if (!mayDemand.test(text)) return undefined;
  return readSentences(text)
    .map((sentence) => sentence.text)
    .find(
      (sentence) =>
        beforeCommit.test(sentence) &&
        check.test(sentence) &&
        firm.test(sentence) &&
        !byOthers.test(sentence) &&
        !example.test(sentence),
    )
    ?.slice(0, 160);
}
