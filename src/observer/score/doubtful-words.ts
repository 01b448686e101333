/** Words with which an agent says at its end that something failed, was left or is only assumed. */
const doubt =
  /\b(?:could(?: not|n['’]t)|unable|not able|timed? ?out|fail(?:s|ed|ing)?|remain(?:s|ing)?|known issue|however|unfortunately|limitation|partial(?:ly)?|although|due to|simulat\w+|fallback|assum\w+|would need|should work|likely|try|next step)\b/i;
/** The same words where they say that nothing failed, that something stays as it was, or name what a program does. */
const noDoubt = [
  /\b(?:0|no|zero|none|nothing|never|without(?: any)?|not)(?: (?:tests?|checks?|suites?|of (?:them|these))| (?:has|have))? fail(?:s|ed|ing)?\b/gi,
  /\bfail(?:s|ed|ing)?(?: tests?)?(?::| =|=) ?0\b/gi,
  /\bremain(?:s|ing|ed)? (?:(?:fully|completely|entirely|otherwise|exactly|backwards?[- ]|all) ?)*(?:un(?:changed|affected|touched|modified|altered)|the same|intact|as (?:is|it|they|before)|compatible|identical|stable|green|valid|in place|available|supported|functional|working)\b/gi,
  /\btry(?: ?[/-] ?(?:catch|except|finally)\b|[ -](?:catch|except|finally|blocks?|statements?|clauses?)\b)|`try\b/gi,
];
/** Characters of the end in which they are looked for: what was wrong at first is told before that. */
const lookedAt = 600;

/** Whether the end of a run's last words (in English) leaves a doubt about the work. */
export function isDoubtful(lastWords: string): boolean {
  const end = noDoubt.reduce((text, exempt) => text.replace(exempt, ''), lastWords.slice(-lookedAt));
  return doubt.test(end);
}
