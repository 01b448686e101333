/** What a person asks an agent to do to files, to a repository or with commands; what is only to be found out is not in here. */
const acts = new Set(
  'adapt add address adjust align allow append apply bring build bump change cherrypick clean clear close commit configure convert copy correct cover create cut declare decrease define delete deploy deprecate disable display document downgrade drop edit emit enable enforce escape expand export expose extend extract fix format generate guard handle hide implement import improve include increase inline install integrate introduce invert limit link lint log lower make mark merge migrate mock modify move normalise normalize open optimise optimize parse pass patch persist port post prevent publish pull push put raise readd rebase redirect reduce reenable refactor regenerate register reject release remove rename render reopen reorder replace reply rerun reset resolve respond restore restrict restructure return revert rework rewrite run sanitize save separate set setup shorten show simplify skip sort split squash start stash stop store submit support swap switch sync tag test throw tidy translate trigger trim truncate turn undo unify update upgrade use validate wire wrap write'.split(
    ' ',
  ),
);

/** The length of the act that a text begins with; undefined when it begins with none. Looked up word by word: one pattern of all took 20 ms to compile. */
function readAct(text: string): number | undefined {
  const [word = ''] = /^(?:cherry-pick|branch off|re-(?:add|enable|run|order)|\w+)\b/i.exec(text) ?? [];
  const plain = word.toLowerCase().replace('-', '');
  const isAct = acts.has(plain) || plain.startsWith('dedup') || plain === 'branch off';
  return isAct && !/^make sure/i.test(text) ? word.length : undefined;
}

/** Words before an order that change nothing about it. */
const lead =
  /^(?:(?:please|pls|also|and|but|so|then|now|next|just|ok(?:ay)?|yes|yeah|yep|sure|great|good|cool|thanks|first(?:ly)?|second(?:ly)?|third(?:ly)?|finally|lastly|afterwards|additionally|once (?:that['’]s |that is )?done|after that|when (?:that['’]s |you['’]re )?done|one more thing|quick(?:ly)?|alright|let['’]s(?: also)?|maybe|instead)\b[\s,:.!–—-]*)+/i;
const asking =
  /^(?:(?:can|could|would|will) (?:you|we|u)(?: please| also| now| just)*\s+|(?:i|we)(?: also| would|['’]d)?(?: really)? (?:want|need|like)(?: you)? to\s+|(?:you|we|it|this) (?:also )?(?:should|need to|needs to|must|have to|want to|can)(?: also)? |don['’]t forget to\s+|remember to\s+|make sure (?:that )?(?:you|to|we)\s+|be sure to\s+|let['’]s(?: also)? |try to |go ahead and |your task is to |the task is to |(?:the )?goal is to )/i;
/** After an act: code, a name, or a statement about it. */
const noOrder = /^(?:['’/:-]|\s*(?:[=({]|is\b|are\b|was\b|has\b|of\b|fails?\b|failed\b|failing\b))/i;
/** Where another order may begin. */
const border = /\s*[,;]?\s+(?:and then|and also|then|and)\s+|\s*[;,]\s+|\s+[–—]\s+/gi;

/** What follows an order and leaves no trace in files or commands, or says when and why. */
const tail =
  /\s*[,;]?\s+(?:and then|and also|then|and|but)\s+(?:(?:then|also|please)\s+)?(?:review|check|verify|make sure|ensure|confirm|tell|let (?:me|us)|report|ask|explain|describe|see (?:if|whether|what)|look|wait|monitor|keep|give me|think|consider|be (?:critical|careful|sure)|don['’]t|do not|never)\b.*$|,\s+(?:if|unless|when|since|because|so (?:that|we|i|you|it)|for that|review)\b.*$|\s+(?:so that|because)\b.*$/i;
/** Code, output and labels that begin with a word that also orders. */
const codeLike =
  /^(?:return|throw|log|parse|export|import|test)\s+[\w.]+(?:\(.*\)|\s*[={;].*)$|^import\s.*\bfrom\s+['"]|\x22{3}|=>|\);|^commit\s+[\da-f]{7,40}\b|^(?:\w+ ){0,4}\w+:\s+[/~]/i;
/** How the work is to be gone about. */
const manner =
  /^(?:start(?: off)? (?:by|with)|use (?:the |a |your )?(?:\w+[ /-]){0,2}(?:workers?|subagents?|agents?|skills?|run-\d+))\b/i;

/** A clause that orders something, without politeness; undefined when it doesn't begin with an order. */
export function readOrder(clause: string): string | undefined {
  let rest = clause.trim().replace(/^["'“(]+/, '');
  if (/\?\s*$/.test(rest) && !asking.test(rest.replace(lead, ''))) return undefined;
  for (let more = shorten(rest); more !== rest; more = shorten(rest)) rest = more;
  if (!beginsWithAct(rest) || codeLike.test(rest) || manner.test(rest)) return undefined;
  const order = withoutTail(rest).replace(/[\s.!?;:,]+$/, '');
  return order.length > 6 || gitWord.test(order) ? order : undefined;
}

function beginsWithAct(text: string): boolean {
  const length = readAct(text);
  return length !== undefined && !noOrder.test(text.slice(length));
}

/** A name of code or a file in the words behind is a part of the order. */
function withoutTail(order: string): string {
  const at = order.search(tail);
  return at <= 0 ||
    /\b(?:is|are|which|that|to|of|in|with|for|the|a)$/i.test(order.slice(0, at)) ||
    /[`/]|\w\.\w|\w_\w|[a-z][A-Z]/.test(order.slice(at))
    ? order
    : order.slice(0, at);
}

const gitWord = /^(?:commit|push|merge|rebase)\b/i;

function shorten(text: string): string {
  return text.replace(lead, '').replace(asking, '');
}

/** Whether a sentence holds only sometimes, or tells what somebody or something else does. */
const conditional =
  /^(?:if|unless|when(?!\s+(?:that['’]s|you['’]re)? ?done)|whenever|in case|should you|otherwise|for example|e\.g\.|note|before|after(?! that)|while|because|since|to )\b/i;

/** The orders in a text, one for each clause: "update the docs, then commit" has two. */
export function readAskedOrders(text: string): string[] {
  return splitSentences(text).flatMap((sentence) => {
    const bare = sentence.replace(lead, '');
    if (conditional.test(bare) || isQuoted(sentence)) return [];
    const clauses = clausesOf(asking.test(bare) ? sentence.replace(/\?+\s*$/, '') : sentence);
    return clauses.flatMap((clause, at) =>
      at > 0 && readOrder(clauses[0]!) === undefined ? [] : (readOrder(clause) ?? []),
    );
  });
}

/** Splits at "and", "then" and commas before another order, but not inside quotes, backticks and brackets. */
function clausesOf(sentence: string): string[] {
  const kept: string[] = [];
  const masked = sentence.replace(/`[^`\n]*`|"[^"\n]*"|“[^”\n]*”|\([^()\n]*\)/g, (part) => {
    kept.push(part);
    return `\u0001${kept.length - 1}\u0002`;
  });
  return splitAtActs(masked).map((part) => part.replace(/\u0001(\d+)\u0002/g, (_, at) => kept[Number(at)] ?? ''));
}

function splitAtActs(text: string): string[] {
  const parts: string[] = [];
  let from = 0;
  border.lastIndex = 0;
  for (let found = border.exec(text); found !== null; found = border.exec(text)) {
    const next = text.slice(border.lastIndex);
    const isDash = /[–—]/.test(found[0]);
    if (readAct(isDash ? next : next.replace(/^(?:then |also |please )/i, '')) === undefined) {
      border.lastIndex = found.index + 1;
      continue;
    }
    parts.push(text.slice(from, found.index));
    from = border.lastIndex;
  }
  return [...parts, text.slice(from)];
}

function splitSentences(text: string): string[] {
  return text
    .split(/(?<=[.!?])(?<!\b(?:e\.g|i\.e|etc|vs|cf)\.)\s+(?=[^a-z]|(?:and|then|also|please|can|could)\b)/)
    .filter((part) => part.trim() !== '');
}

/** Lines of logs, code and output: they name acts that nobody orders. */
export function isQuoted(line: string): boolean {
  return /^\s*(?:\/\/|\/\*|#!|\w+(?:, ?\w+)* :?= |commit [\da-f]{7,40}\b|[$❯>#✓✗⎿●[{<=|+*]|\w+:\s*\/|\d+[:|]|at \w|\S+:\d+:|(?:error|warn\w*|info|debug|fail\w*|usage|built|running)\b\s*[:[])/i.test(
    line,
  );
}
