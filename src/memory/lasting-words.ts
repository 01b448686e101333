/** How a sentence begins that says how things are done here, beyond the task at hand. */
const beginnings: readonly RegExp[] = [
  /^(?:from now on|in (?:the )?future|next time|in this (?:repo(?:sitory)?|project|codebase)|by convention|as a rule|as always)\b[,:]?\s+\S/i,
  /^(?:always|never)\s+[a-z]+(?!ed\b)/i,
  /^(?:you (?:should|must)|please)?\s*(?:always|never)\s+[a-z]/i,
  /^(?:please )?remember (?:to|that)\b/i,
  /^(?:use|prefer|run|call|write|name|put|keep)\b[^.!?\n]{2,80}?(?:,?\s+not|\s+instead of|\s+rather than|,?\s+never|\s+over)\s+\S/i,
  /^(?:don['’]?t|do not|stop|avoid)\s+[a-z]+\b.*\b(?:again|any ?more|ever|anywhere|every time|each time|in (?:tests|commits|comments|commit messages|general|this (?:repo|project|codebase)))\b/i,
  /^we (?:always|never|(?:only )?use|prefer|don['’]t (?:use|write|do)|do not (?:use|write|do))\s+\S.*\b(?:here|in this|not|never|always|instead|only|for)\b/i,
  /^i (?:(?:told you|said|asked you)(?: before)? (?:to|not to|never|always)|always want|never want|prefer)\b/i,
  /^(?:the|our) (?:convention|rule|pattern|policy) (?:here )?is\b/i,
];
/** For this one time, a question, or about what something did. */
const passing =
  /\?\s*$|\b(?:for now|this time|just this|yet|right now|today|can you|could you|would you|maybe|i think|did you|never mind|the session|step \d|currently)\b/i;
const lead =
  /^(?:no|nope|hey|hm+|please|ok(?:ay)?|also|and|but|stop|again|well|yes|ah|sorry)[,!.:–—-]*\s+(?=\w+[\s,])/i;
const shortest = 12;
const longest = 220;

/**
 * The sentences of a user's message that state a lasting rule ("use pnpm, not npm", "never commit to main"), in their words. Right or
 * silent: what may hold for this task only is not a lesson.
 */
export function readLastingWords(text: string): string[] {
  const prose = text
    .slice(0, 4000)
    .replace(/```[\s\S]*?(?:```|$)/g, '\n')
    .replace(/^\s*(?:>|\$|\|).*$/gm, '');
  const sentences = prose.split(/\n+|(?<=[.!?])\s+(?=[A-Z"“`])/).map(withoutLead);
  return [...new Set(sentences)].filter(isLasting);
}

function withoutLead(sentence: string): string {
  const bare = sentence.replace(/^\s*(?:[-*]|\d+[.)])\s+/, '').trim();
  const rest = bare.replace(lead, '');
  return rest === bare ? bare : withoutLead(rest);
}

function isLasting(sentence: string): boolean {
  if (sentence.length < shortest || sentence.length > longest || passing.test(sentence)) return false;
  return beginnings.some((pattern) => pattern.test(sentence));
}
