/** Words with which an agent says at its end that something failed, was left or is only assumed. */
const doubt =
  /\b(?:could(?: not|n['’]t)|unable|not able|timed? ?out|fail(?:s|ed|ing)?|remain(?:s|ing)?|known issue|however|unfortunately|limitation|partial(?:ly)?|although|due to|simulat\w+|fallback|assum\w+|would need|should work|likely|try|next step)\b/i;
/** Characters of the end in which they are looked for: what was wrong at first is told before that. */
const lookedAt = 600;

/** Whether the end of a run's last words (in English) leaves a doubt about the work. */
export function isDoubtful(lastWords: string): boolean {
  return doubt.test(lastWords.slice(-lookedAt));
}
