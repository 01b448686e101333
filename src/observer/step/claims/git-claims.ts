export type GitClaim = { readonly kind: 'committed' | 'pushed' | 'staged'; readonly sentence: string };

const subject =
  '(?:(?:the|all|my|your|those|these|this|our|both|every) )?(?:\\w+ ){0,2}(?:changes?|fix(?:es)?|work|commits?|branch|everything|all|merge|edits?|updates?|it|they|those|these|files?|code|rename|refactor(?:ing)?)';
const done = '(?:committed(?:(?:,| and) pushed)?|pushed|staged)';
/** "Committed as 1a2b", "Pushed to origin", and not "Committed checkpoints are ..." or `committed.go`. */
const alone =
  '(?=$|[.,:;!)]|\\s+(?:as|to|and|on|in|with|the|all|both|everything|my|these|it|successfully|using|[0-9a-f]{7,})\\b)(?!\\.\\w)';
const claim = new RegExp(
  `^(?:done[.:,!]? |all |now |also |(?:\\w+ed(?: and|,(?: and)?) )+)?${done}${alone}|\\bi(?:['’]ve| have)?(?: also| now| just| already)?(?: \\w+(?:,| and))? ${done}\\b|^(?:[^.,;]{0,60}\\b(?:and|,) )?${subject} (?:is|are|has been|have been|was|were)(?: now| already| all| both)? ${done}\\b`,
  'i',
);
const hedged =
  /\b(?:not|n['’]t|never|nothing|un(?:committed|pushed|staged)|un-?\w+ed|will|would|should|could|can|may|might|if|once|when|until|unless|before|after|without|want|would you|ready to push|to be (?:committed|pushed|staged)|gets?|yet|remain\w*|still|only|except|earlier|previous(?:ly)?|you)\b|n['’]t\b|\?/i;

/** What the last words of a turn say of the repository's state, as something that is done: one claim of each kind at most. */
export function readGitClaims(text: string): GitClaim[] {
  const found = new Map<GitClaim['kind'], GitClaim>();
  for (const sentence of sentencesOf(text.slice(-8000))) {
    const match = claim.exec(sentence);
    if (match === null || hedged.test(sentence.replace(/whenever you[’']?d? like|when(?:ever)? you are ready/gi, '')))
      continue;
    for (const kind of ['committed', 'pushed', 'staged'] as const)
      if (new RegExp(`\\b${kind}\\b`, 'i').test(match[0])) found.set(kind, { kind, sentence: sentence.slice(0, 160) });
  }
  return [...found.values()];
}

function sentencesOf(text: string): string[] {
  return text
    .replace(/```[\s\S]*?```/g, '\n')
    .split(/(?<=[.!?])\s+|\n+|\s[—–]\s/)
    .map((sentence) =>
      sentence
        .replace(/^[\s>#*•+\d.)✅✓☑-]+/, '')
        .replace(/\*\*|`/g, '')
        .trim(),
    )
    .filter((sentence) => sentence.length > 5);
}

/** The message itself says that something is left over. */
export const admitsRest =
  /\b(?:uncommitted|unstaged|untracked|unpushed|not (?:yet )?(?:committed|staged|pushed)|working (?:tree|copy|directory)|left (?:un|out|alone)|remaining)\b|^\s?[ MADRU?]{2} \S/im;
