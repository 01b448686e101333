// Whether the user asks for a loss, read sentence by sentence: a word such as "remove" or "force" that is about something else asks for none.

const discarding =
  'revert(?:ing)?|undo(?:ing)?|discard(?:ing)?|restor(?:e|ing)|reset(?:ting)?|roll(?:ing)? ?back|wip(?:e|ing)(?: out)?';
const removing =
  'remov(?:e|ing)|delet(?:e|ing)|drop(?:ping)?|clean(?:ing)?(?: up)?|clear(?:ing)?(?: out)?|prun(?:e|ing)|purg(?:e|ing)|get(?:ting)? rid of';
/** An order to the agent, or leave given to it; not what the software is to do ("a button to undo changes"). */
const order =
  "(?:^|[,;:(–—-]\\s*|\\b(?:please|and|then|just|can you|could you|should you|you can|you may|you should|you could|go ahead|or|but|now|first|let['’]?s|(?:you|want|free|ok(?:ay)?|fine|safe|like|need|have|going) to|with|by|mind)\\s+(?:also |simply |just |then )?)";
const stop =
  '(?=\\s*(?:$|[^\\w\\s]|(?:and|or|in|from|with|that|which|under|too|again|you|we|i|it|on|at|to|before|after|of|here|there|now|first|as|if|so|are|is|but|except)\\b))';
const words = (most: number) => `(?:[^\\s,;:]+\\s+){0,${most}}?`;
const changes = `(?:changes?|edits?|modifications?|diffs?|work|work-?tree|working (?:tree|copy|directory)|uncommitted \\w+|local \\w+)${stop}`;
const whole = `(?:everything|all of (?:it|them|this|that)|(?:it|that|this|them|these|those)${stop}|(?:the |my |all |these |those )(?:files?|folders?|branch|repo(?:sitory)?|commits?)${stop})`;
const back =
  '(?:to|from|at) (?:the |its |their |what |an? )?(?:last|previous|original|committed|initial|clean|old|older|earlier|main|master|origin|HEAD|upstream|it was|they were|was|index)\\b';
const many = `(?:(?:files?|folders?|director(?:y|ies)|artifacts?|outputs?|leftovers?|junk|workspace|repo(?:sitory)?)${stop}|everything\\b|untracked\\b)`;

const negated = new RegExp(
  `\\b(?:never|do not|don['’]?t|must not|mustn['’]?t|should not|shouldn['’]?t|cannot|can['’]?t|may not|not|avoid|without|instead of|rather than)\\s+(?:[\\w'’]+\\s+){0,3}?(?:${discarding}|${removing}|forc(?:e|ed|ing)|(?:re|over)writ\\w+|throw\\w*)\\b`,
  'gi',
);
const discards = new RegExp(
  `\\bgit (?:reset|restore|checkout|clean|stash drop)\\b|${order}(?:(?:${discarding})\\s+(?:${words(5)}(?:${changes}|${back})|(?:all |to )?${whole})|(?:${discarding})\\s*$|throw(?:ing)? ${words(5)}away|roll(?:ing)? ${words(4)}back|start(?:ing)? (?:over|from scratch|afresh)|(?:${removing}) ${words(5)}${changes})|\\b(?:verwirf|verwerfen?|rückgängig|zurücksetzen|setz\\w* .{1,40}zurück)`,
  'i',
);
const removes = new RegExp(`${order}(?:${removing}|wip(?:e|ing)(?: out)?)\\s+${words(6)}${many}|\\blösch`, 'i');
const anyDiscard = new RegExp(`\\b(?:${discarding}|throw|roll|check(?:ing)? ?out)\\b`, 'i');
const anyRemoval = new RegExp(`\\b(?:${discarding}|${removing}|wip(?:e|ing)|throw)\\b`, 'i');
const ofHistory =
  /\.git\b|\b(?:git )?history\b(?! \w+(?:er|view|panel|page))|\brepo(?:sitory)?\b|\bclone\b|\bcheckout\b|\beverything\b/i;

/** One sentence speaks of throwing away or putting back, whatever the object: for files that it names. */
export function speaksOfDiscarding(sentence: string): boolean {
  return anyRemoval.test(withoutForbidden(sentence)) || anyDiscard.test(withoutForbidden(sentence));
}

/** What the user asks to be thrown away: whether it covers a file, by its path in the repository; `isRemoval`: the file goes, not only what was changed in it. */
export function readAskedDiscards(texts: readonly string[]): (path: string, isRemoval: boolean) => boolean {
  const sentences = texts.flatMap(sentencesOf);
  const isAll = sentences.some((sentence) => discards.test(sentence));
  const isAllRemoved = isAll || sentences.some((sentence) => removes.test(sentence));
  const named = (pattern: RegExp) => new Set(sentences.filter((sentence) => pattern.test(sentence)).flatMap(objectsOf));
  const discarded = named(anyDiscard);
  const removed = named(anyRemoval);
  return (path, isRemoval) =>
    (isRemoval ? isAllRemoved : isAll) || namesOf(path).some((name) => (isRemoval ? removed : discarded).has(name));
}

/** The history itself, or the folder with all that is in it. */
export function asksToDropHistory(text: string, folderName: string): boolean {
  return asks(
    text,
    (sentence) =>
      (anyRemoval.test(sentence) || /\bre-?init|\bstart over\b|\bfrom scratch\b/i.test(sentence)) &&
      (ofHistory.test(sentence) || wordsOf(sentence).includes(folderName.toLowerCase())),
  );
}

/** In one sentence they speak of deleting and of branches, or name the branch; names such as `main` are words of other things too. */
export function asksToDelete(text: string, branches: readonly string[]): boolean {
  const telling = branches.filter((name) => !/^(?:main|master|dev|develop|test|release|HEAD)$/.test(name));
  return asks(
    text,
    (sentence) =>
      /\b(?:delet|remov|drop|clean|prun|get rid)\w*/i.test(sentence) &&
      (/\b(?:branch(?:es)?|remotes?|tags?|origin|upstream)\b/i.test(sentence) ||
        telling.some((name) => wordsOf(sentence).includes(name.toLowerCase()))),
  );
}

export function asksForForce(text: string): boolean {
  return asks(
    text,
    (sentence) =>
      (/\bforc(?:e|ed|ing)\b(?! of\b)|(?<![\w-])-f\b/i.test(sentence) &&
        /\b(?:push\w*|branch(?:es)?|remotes?|tags?|history|origin|upstream)\b/i.test(sentence)) ||
      (/\b(?:re|over)writ/i.test(sentence) &&
        /\b(?:push\w*|history|commits?|branch(?:es)?|remote branch)\b/i.test(sentence)),
  );
}

function asks(text: string, isAsked: (sentence: string) => boolean): boolean {
  return sentencesOf(text).some(isAsked);
}

/** At most 20,000 characters; what is forbidden is taken out. */
function sentencesOf(text: string): string[] {
  return text
    .slice(0, 20_000)
    .split(/[.!?;]\s|\n/)
    .map((sentence) => withoutForbidden(sentence.trim().replace(/[.!?]+$/, '')));
}

function withoutForbidden(sentence: string): string {
  return sentence.replace(negated, '');
}

function wordsOf(sentence: string): string[] {
  return sentence.toLowerCase().split(/[^\w./-]+|[.](?=\s|$)/);
}

/** Words that may name a file; not behind "in" or "from", which speak of something in it. */
function objectsOf(sentence: string): string[] {
  const said = wordsOf(sentence);
  return said
    .filter((_, at) => !/^(?:in|from|of|inside|within|into|to)$/.test(said[at - 1] ?? ''))
    .map((word) => word.replace(/^\.\//, '').replace(/\/+$/, ''))
    .filter((word) => word.length > 2);
}

/** Names that say nothing by themselves. */
const anyones = /^(?:src|lib|app|main|index|tests?|core|utils?|common|docs?|config|data|code)$/;

/** Under which names a file may be spoken of: the end of its path, its name without the ending, the folders above it. */
function namesOf(path: string): string[] {
  const parts = path.toLowerCase().split('/').slice(-8);
  return parts.flatMap((part, at) => [
    ...[part, part.replace(/(?<=.)\.\w+$/, '')].filter((name) => !anyones.test(name)),
    ...(at > 0 && at < parts.length - 1 ? [parts.slice(at - 1, at + 1).join('/')] : []),
    parts.slice(at).join('/'),
  ]);
}
