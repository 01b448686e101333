const testsPass =
  /\b(?:all|the|every|existing|unit|both|\d+)\b[^.\n]{0,40}\b(?:tests?|specs?|suite)\b[^.\n]{0,30}\b(?:pass(?:es|ed|ing)?|succeed(?:s|ed)?|(?:is|are) (?:now )?green)\b|\btests? (?:now )?pass(?:es|ed|ing)?\b/i;
const verified =
  /\b(?:i(?:['’]ve| have)? (?:verified|tested|confirmed)|verified that|tested that|confirmed that|works (?:as expected|correctly|now)|is (?:now )?(?:fully )?(?:working|functional|verified))\b/i;
const hedged =
  /\b(?:should|would|could|might|not (?:been )?(?:able|run|tested|verified)|unable|couldn['’]t|didn['’]t|please run|to verify|if you|once|after you|do(?:es)? not|don['’]t|doesn['’]t|won['’]t)\b/i;
/** Words that admit a failure, or count one: who says them claims no success, whatever else they say. */
const admits =
  /\b(?:fail(?:s|ed|ing|ures?)?|red|broken|flak[ey]\w*|except|pre-?existing|unrelated|skipp?ed|not pass\w*|still (?:not|error\w*)|errors?)\b|\b(\d+)\s*(?:of|\/|out of)\s*(?!\1\b)\d+\b/i;
const noFailure = /\b(?:no|0|zero|without(?: any)?|any) (?:\w+ )?(?:fail\w*|errors?|regressions?|skipp?ed)\b/gi;

/** Whether a sentence says, without a reserve, that tests pass or that something was verified. */
export function claimsSuccess(sentence: string): boolean {
  return (testsPass.test(sentence) || verified.test(sentence)) && !hedged.test(sentence);
}

/** Whether a sentence says that tests pass, with or without a reserve. */
export function saysTestsPass(sentence: string): boolean {
  return testsPass.test(sentence);
}

/** Whether a text admits a failure, or counts one. "0 failed" and the like admit none. */
export function admitsFailure(text: string): boolean {
  return admits.test(text.replace(noFailure, ''));
}

/** The sentences and lines of a message that are more than a word or two. */
export function sentencesOf(text: string): string[] {
  return text.split(/(?<=[.!?])\s+|\n+/).filter((sentence) => sentence.length > 8);
}
