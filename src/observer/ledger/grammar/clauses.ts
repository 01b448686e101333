import { inFullWords, inPlainWords, isOrder, withOrderFirst } from './plain-words.ts';

/** What may be before an order and changes nothing about it. */
const lead =
  /^(?:(?:please|pls|plz|kindly|hey|hi|also|and|but|so|then|just|ok(?:ay)?|oh|again|finally|now|though|however|remember|note|important|warning|rules?|constraints?|critical|reminder|caution|nb|always|strictly|for now|in this (?:session|task|turn|conversation|pr|change|repo|repository|project)|this time|btw|one thing|thanks|great|yes|no(?=\s*[,.!:–—]))\b[\s:,.!–—-]*)+(?=\S)/i;

/** A clause that begins with one of these makes the whole sentence hold only sometimes. */
const condition =
  /^(?:(?:but|and|or|also|only)\s+)?(?:if|unless|apart from|other than|besides|with the exception|aside from|when|whenever|until|till|while(?! you are (?:at it|in there|there))|before|after|except|in case|once|as long as|during|provided|for\b(?! (?:now|today|this (?:session|task|turn|change|one|run|step|part)))|by default|in (?!general)|on |at |with |to |instead of|rather than|sometimes|typically|usually|normally)\b/i;

/** Only the user can lift a prohibition in any case, so "unless I ask" adds nothing to it. */
const permission =
  /,?\s*\(?(?:unless|until|before|without)\s+(?:(?:i|me|we|the user|you|you['’]re|it['’]s|being|explicitly|specifically|separate|human|first|asking|my|the user['’]s|having|getting|explicit|prior|i['’]ve|told|asked|instructed|requested)\b)(?:[^.;]{0,60}?\b(?:ask\w*|say|said|says|tell|told|approv\w*|confirm\w*|request\w*|permission|instruct\w*|want|ok(?:ay)?|consent|authori[sz]\w*|go.ahead)\b)?[^.;]{0,60}$/i;
const permits =
  /\b(?:ask\w*|say|said|says|tell|told|approv\w*|confirm\w*|request\w*|permission|instruct\w*|want|ok(?:ay)?|consent|authori[sz]\w*|go.ahead)\b/i;

/** "Until I've looked at it": it ends by the user's word in any case. */
const untilMine = /^,?\s*\(?(?:until|before) (?:i|we|my|i['’](?:ve|m|ll))\b/i;

/** A reason is not part of what is forbidden. */
const reason =
  /,?\s+(?:even (?:if|though|when)|no matter (?:what|how|if|who)|regardless of|however)\b[\s\S]*$|(?:,|\s[–—-]{1,2})?\s+(?:because|since|as (?!(?:it is|they are)[\s.!]*$)(?:it|they|this|that|these|those|we|i)\b|so (?:i|we|you|it|they)\b)[\s\S]*$|\s[–—-]{1,2}\s(?![\s\S]*\b(?:if|unless|except|only|until|without|but)\b)[\s\S]*$/i;

/** An aside in brackets that is neither an example nor a condition. */
const aside =
  /\s*\((?!\s*(?:e\.g|i\.e|like|such|including|for example)\b)(?![^)]*\b(?:if|unless|except|only|when|until)\b)(?![^)]*(?:\w\.[a-z]|\w\/,))(?:[a-z]|I\b)[^()]*\s[^()]*\)$/;

/** What the speaker says of themselves or the thing behind the order; an exception is not a remark. */
const remark =
  /,\s+(?:another|someone|somebody|(?:the|my|our|an?|that) [\w-]+(?: [\w-]+)?)(?: [\w-]+)? (?:is|are|was|were|will|has|have|needs?|works?|owns?|uses?|depends?)\b(?![\s\S]*\b(?:if|unless|except|only|until)\b)[\s\S]*$|,\s+(?:[\w.-]+ ){1,3}(?:does|do|handles?|manages?|generates?|owns?|writes?|updates?|takes? care|is|are) (?:that|this|it|them|those|generated|shared|vendored|broken)\b(?![\s\S]*\b(?:if|unless|except|only|until)\b)[\s\S]*$|[,:]\s+i (?:only|just) (?:want|need)(?:ed)? to\b[\s\S]*$|[,:]\s+(?:i|we|they|it|this|that|you)(?:['’]\w+)?\s(?![\s\S]*\b(?:if|unless|except|only|until)\b)[\s\S]*$/i;

const tail =
  /(?:[\s,]+(?:(?:that )?i (?:did|do) not (?:ask for|want|need|request|order)|(?:just )?for (?:this|that)|on your own|by yourself|from your side|of your own accord|please|thanks|thank you|(?<!not )ok(?:ay)?|yet|for (?:this|that) (?:one|task|change|fix|feature|pr)|at the end|when (?:you are )?(?:done|finished)|afterwards|though|ever again|right away|:-?\)|for now|right now|at this point|at all|for you|any ?more|again|ever|yourself|under any circumstances|for any reason|in any way|here|in this (?:task|session|turn|step|change|conversation)|at this stage|this time|either|too|anywhere|just yet|so far|for the moment|at the moment|today|locally|on (?:this|my|your) machine|while (?:doing (?:this|that|it|so)|you(?:['’]re| are) at it|you do (?:this|that|it))|(?:and |but )?nothing else)|\s*\((?:yet|at all)\))$/i;

const negation =
  '(?:(?:please|also|just|you|agents?)\\s+)*(?:(?:do|must|should|shall|may|can) not|are not (?:allowed|supposed|permitted)|let us not|never|avoid|refrain from|leave|keep|only|no(?! (?:matter|problem|idea))|nothing|neither|without|stay (?:out|away|on)|stick to|limit|restrict|there is no need|we do not need|(?:add|write|make|change|create|install) no|(?:push|commit|install|delete|deploy|publish) nothing|(?:change|touch|edit|modify) nothing|nobody should|i do not need)\\b';
const forbids = new RegExp(`^${negation}`, 'i');
/** How a prohibition said in a roundabout way begins; `inPlainWords` reads it. */
const roundabout =
  '(?:(?:please|pls|plz)\\s+)?(?:(?:make sure|be sure|be (?:very )?careful|take care|ensure|remember)(?: that)?(?: you| to)? (?:not to|do not|never)|try not to|under no circumstances|on no account|hold|wait|stop \\w+ing|(?:ask|check with|consult|wait for) (?:me|my|before)\\b|let me \\w+|(?:keep your )?hands off|i (?:will|want|do not want|would rather|commit|push)\\b|(?:commit|push|merg|deploy)\\w*ing is\\b|leave the \\w+ing to me)\\b';
/** "The shared theme.ts is off limits", "everything else stays as it is". */
const kept =
  '(?:[\\w.*`/-]+ ){1,5}?(?:(?:is|are) (?:strictly )?(?:off.limits|read.only|frozen|taboo|untouchable|sacred|out of scope|not (?:to be|yours))|(?:should |must |has to |have to |needs? to )?(?:stays?|remains?) (?:un\\w+|intact|as|the)|(?:must|should|may) not be \\w+)\\b';
const telling =
  '(?:just\\s+)?(?:tell|explain|answer|show|describe|analy[sz]e|investigate|review|look|check|validate|report|list|propose|summari[sz]e|give|let me|extend|reuse|stick|focus|prefer|bump|fix|add|make|run|use|write|create|update|implement|put|work|try|start|continue|go|ask|reply|read|point|help|guide|send|paste|print|edit|merge|commit|brainstorm|discuss|talk|stop)\\b';
const border = new RegExp(
  `\\s*(?:,\\s*(?:and|but|then|so)?|\\s(?:and|but|then|so)|;|:|\\s[–—-]{1,2})\\s+(?=${negation}|${roundabout})|(?:\\s*,\\s*(?:(?:and|but)\\s+)?|\\s+but\\s+|:\\s+)(?=(?!and |or )${kept})|\\s*\\(\\s*(?=${negation})|\\s+(?=without\\b|(?:instead of|rather than) \\w+ing\\b)|(?:\\s*[;,]\\s*(?:(?:but|and then|then|instead)\\s+)?|\\s+(?:but|instead)\\s+|,?\\s+just\\s+(?=tell|explain|answer))(?=${telling})|\\s*,\\s*(?:just|only)\\s+(?=(?:a|an|the|your|some|code|comments?|questions?)\\b)`,
  'i',
);

/** Whether words say when something holds. */
export function isCondition(words: string): boolean {
  return condition.test(words.trim().replace(lead, ''));
}

/** A clause of a sentence, and whether the sentence makes it hold only sometimes. */
export type Clause = { readonly text: string; readonly isConditional: boolean };

/**
 * The clauses of a sentence, each without politeness, reasons and what changes nothing. A prohibition may come behind another clause ("fix
 * it, but don't touch the tests"). A condition at the start of the sentence, or of any clause behind, holds for all of it.
 */
export function clausesOf(sentence: string): Clause[] {
  const parts = stripPermission(withOrderFirst(inFullWords(sentence)))
    .split(border)
    .filter((part) => part !== undefined && part.trim() !== '');
  const bare = parts.map((part) => part.trim().replace(lead, ''));
  return parts.map((part, at) => ({
    text: trimClause(part),
    isConditional: bare.some((other, place) => place !== at && limits(other, place, bare, at)),
  }));
}

/** Whether clause `place` makes clause `at` hold only sometimes: "if ..." in front or behind, "without ..." behind, a "don't" in front of a "without". */
function limits(other: string, place: number, parts: readonly string[], at: number): boolean {
  if (place > at)
    return (
      (condition.test(other) && !/^(?:instead of|rather than)\b/i.test(other)) ||
      (/^without\b/i.test(other) && forbids.test(parts[at]!))
    );
  // "Fix it without ..." is an order; "the app starts without ..." only describes.
  if (/^(?:without|instead of|rather than)\b/i.test(parts[at]!))
    return forbids.test(other) || (place === at - 1 && !isOrder(other));
  return place === 0 && condition.test(other);
}

/** A sentence without "unless I ask" at its end: the user's word lifts a prohibition in any case. */
export function stripPermission(sentence: string): string {
  const bare = withoutEnd(sentence);
  const match = permission.exec(bare);
  return match !== null && (permits.test(match[0]) || untilMine.test(match[0])) ? bare.slice(0, match.index) : bare;
}

/** A clause without politeness, reasons, remarks and what else changes nothing about it. */
export function trimClause(text: string): string {
  let rest = text
    .trim()
    .replace(/^["'“(]+/, '')
    .replace(
      /^(?:[\w-]+,?\s){0,3}(?:one|thing|task|request|scope|boundar(?:y|ies)|constraints?|rules?|conditions?|limits?|requirements?|caveats?|notes?|thing):\s+/i,
      '',
    )
    .replace(/^no\s+(?=do not|never)/i, '')
    .replace(
      /^(?:(?:as|like) )?i (?:already |have |just )*(?:said|told you|asked you|mentioned|asked)(?: (?:before|already|twice|that|earlier))*[:,]?\s+(?=not|no|never|do not|only)/i,
      '',
    );
  // "You can't edit it because it is locked" says what is, not what may be.
  if (/^you (?:can not|cannot)\b.*\b(?:because|since)\b/i.test(rest)) return '';
  if (!/^no\b/i.test(rest)) rest = rest.replace(lead, '');
  rest = withoutEnd(rest.replace(reason, ''));
  rest = withoutEnd(rest.replace(aside, '').replace(remark, ''));
  if (rest.endsWith(')') && !rest.includes('(')) rest = rest.slice(0, -1);
  for (let shorter = rest.replace(tail, ''); shorter !== rest; shorter = rest.replace(tail, ''))
    rest = withoutEnd(shorter);
  return inPlainWords(rest.trim());
}

/** A text without the marks and spaces at its end. The dot of `git add .` is an argument. */
function withoutEnd(text: string): string {
  let end = text.length;
  while (end > 0 && (/[\s!?;:,]/.test(text[end - 1]!) || (text[end - 1] === '.' && /\S/.test(text[end - 2] ?? ' '))))
    end -= 1;
  return text.slice(0, end);
}
