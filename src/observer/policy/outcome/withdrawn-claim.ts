import { admitsFailure, claimsSuccess, sentencesOf } from '../../step/claims/success-claims.ts';

/** Characters of a message that are read, from its end. */
const maxLength = 8000;
/** A shorter message that denies nothing is no summary, corrected or not. */
const minWords = 5;
/** Share of a claim's words that make a sentence the same claim. */
const sameShare = 0.8;

/** Words that deny what is in their own part of a sentence. */
const denials =
  /\b(?:not|cannot|no|none|never|nothing|neither|nor|unable|without|un(?:tested|verified|checked|committed|pushed|staged|finished|done)|only|still|yet|lacks?)\b|n['’]t\b/gi;
/** Words that limit the whole sentence, in whatever part they are. */
const limits =
  /\b(?:fail\w*|red|broken|wrong\w*|incorrect\w*|inaccurate\w*|mistake\w*|untrue|false\w*|premature\w*|missing|flak[ey]\w*|except|(?:apart|aside) from|other than)\b|\b(\d+)\s*(?:of|\/|out of)\s*(?:the )?(?!\1\b)\d+\b/gi;
/** "I fixed the failing tests" admits nothing. */
const repaired =
  /\b(?:fix(?:ed|es)|replace[ds]|repair(?:ed|s)|resolve[ds]|corrected|removed|no longer)\b|\bnow (?:pass|green|work|succeed)/i;
const partEnds = /[;:]\s|,\s|\s[—–-]\s|\b(?:and|but|although|though|while|whereas)\b/i;
const noFailure =
  /\b(?:no|0|zero|without(?: any)?|any) (?:\w+ )?(?:fail\w*|errors?|regressions?|problems?|issues?)\b/gi;
/** Speaks of what was said, and does not say it again. */
const reported =
  /(?<!\bas )\bI (?:had |have |wrongly |incorrectly )?(?:said|wrote|claimed|stated|reported)\b|\b(?:earlier|previous|last|first) (?:message|summary|answer|reply|claim|statement|report)\b/i;
const takenBack =
  /\b(?:(?:that|this|it|claim|statement|summary|message|report|words|said|wrote|claimed|stated|reported)\b[^.\n]{0,60}\b(?:was|were|is|are) (?:wrong|incorrect|inaccurate|a mistake|untrue|not true|false|premature)|(?:retract|withdraw|take back)\b)/i;
/** Success of all in other words than the claim's: whether that takes anything back can't be told. */
const overall =
  /\b(?:all|everything|it|that|this|task|work|fully|now|both|every \w+)\b[^.\n]{0,40}\b(?:done|complete\w*|finished|works?|working|pass(?:es|ed|ing)?|succeed\w*|green|fixed|ready|in place|resolved|verified|tested|confirmed|committed|pushed|correct)\b/i;
/** In another language a claim in other words is not seen. */
const english = /\b(?:the|is|are|and|were|of|has|have|this|that|please|not)\b/i;
/** What a claim of success without a quote is about. */
const checkWords = ['test', 'tests', 'suite', 'check', 'checks', 'verified', 'verify', 'passes', 'pass'];
const emptyWords: ReadonlySet<string> = new Set(
  'a an the is are was were be been has have had i it its this that these of to in on at for and or now also just with as by my'.split(
    ' ',
  ),
);
/** Words that say how much or how, and not what a claim is about. */
const noSubject: ReadonlySet<string> = new Set(['all', 'every', 'both', 'each', 'not', 'no', 'any', 'more', 'done']);

/**
 * What a message makes of an earlier claim of the agent's: makes it again, makes it no more, or neither for sure. `claim`: its words; without
 * them any claim that tests pass or that something was verified. Reads English.
 */
export function readWithdrawal(message: string, claim: string | undefined): 'made' | 'withdrawn' | 'unclear' {
  const text = message.slice(-maxLength).replace(/```[\s\S]*?```/g, '\n');
  const sentences = sentencesOf(text);
  if (isMade(text, sentences, claim)) return 'made';
  const subjects = claim === undefined ? checkWords : wordsOf(claim).filter((word) => !noSubject.has(word));
  if (sentences.some((sentence) => denies(sentence, subjects, claim))) return 'withdrawn';
  // Its words may be spread over a list.
  if (claim !== undefined && isSame(text, claim)) return 'unclear';
  const isSilent = !sentences.some((sentence) => overall.test(sentence) || claimsSuccess(sentence));
  return isSilent && english.test(text) && text.trim().split(/\s+/).length >= minWords ? 'withdrawn' : 'unclear';
}

function isMade(text: string, sentences: readonly string[], claim: string | undefined): boolean {
  if (claim === undefined) return sentences.some(claimsSuccess) && !admitsFailure(text);
  const parts = sentencesOf(claim);
  return (parts.length > 0 ? parts : [claim]).every((part) => sentences.some((sentence) => asserts(sentence, part)));
}

function asserts(sentence: string, claim: string): boolean {
  if (reported.test(sentence) || !isSame(sentence, claim) || isMoreLimited(sentence, claim)) return false;
  const wanted = wordsOf(claim);
  const about = sentence.split(partEnds).filter((part) => shareOf(wanted, part) >= 1 / 2);
  return count(denials, about.length > 0 ? about.join(' ') : sentence) <= count(denials, claim);
}

function isMoreLimited(sentence: string, claim: string): boolean {
  return count(limits, sentence) > count(limits, claim);
}

function denies(sentence: string, subjects: readonly string[], claim: string | undefined): boolean {
  if (takenBack.test(sentence)) return true;
  if (claim !== undefined && isSame(sentence, claim) && isMoreLimited(sentence, claim)) return true;
  if (reported.test(sentence) && count(denials, sentence) + count(limits, sentence) > 0) return true;
  const isAbout = (text: string): boolean =>
    wordsOf(text).some((word) => subjects.some((subject) => isSameWord(word, subject)));
  return sentence.split(partEnds).some((part) => {
    if (repaired.test(part)) return false;
    return (count(limits, part) > 0 && isAbout(sentence)) || (count(denials, part) > 0 && isAbout(part));
  });
}

/** The words of the claim, wherever they are in it. */
function isSame(text: string, claim: string): boolean {
  return shareOf(wordsOf(claim), text) >= sameShare;
}

function shareOf(wanted: readonly string[], text: string): number {
  const said = new Set(wordsOf(text));
  return wanted.filter((word) => said.has(word)).length / Math.max(1, wanted.length);
}

/** Also in another form: test and tests, pass and passing. */
function isSameWord(word: string, other: string): boolean {
  const length = Math.min(word.length, other.length);
  return word === other || (length >= 4 && word.slice(0, length) === other.slice(0, length));
}

function count(words: RegExp, text: string): number {
  return (text.replace(noFailure, '').match(words) ?? []).length;
}

function wordsOf(text: string): string[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}_][\p{L}\p{N}_./-]*/gu) ?? [];
  return words.map((word) => word.replace(/[./-]+$/, '')).filter((word) => !emptyWords.has(word));
}
