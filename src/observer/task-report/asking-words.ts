/** What a person asks an agent to do to files, to a repository or with commands; what is only to be found out is not in here. */
const acts =
  'add|adjust|adapt|address|align|allow|append|apply|bring|branch off|build|bump|cherry-?pick|close|change|clean(?: up)?|clear|commit|configure|convert|copy|correct|cover|create|cut|declare|decrease|dedup\\w*|define|delete|deploy|deprecate|disable|display|document|downgrade|drop|edit|emit|enable|enforce|escape|expand|export|expose|extend|extract|fix|format|generate|guard|handle|hide|implement|import|improve|include|increase|inline|install|integrate|introduce|invert|limit|link|lint|log|lower|make(?! sure)|mark|merge|migrate|mock|modify|move|normali[sz]e|open|optimi[sz]e|parse|pass|patch|persist|port|post|prevent|publish|pull|push|put|raise|rebase|re-?add|re-?enable|re-?run|re-?order|redirect|reduce|refactor|regenerate|register|reject|reopen|reply|respond|release|remove|rename|render|reorder|replace|reset|resolve|restore|restrict|restructure|return|revert|rewrite|rework|run|sanitize|save|separate|set(?: up)?|setup|shorten|show|simplify|skip|sort|split|squash|start|stash|stop|store|submit|support|swap|switch|sync|tag|test|throw|tidy(?: up)?|translate|trigger|trim|truncate|turn|undo|unify|update|upgrade|use|validate|wire(?: up)?|wrap|write';

/** Words before an order that change nothing about it. */
const lead =
  /^(?:(?:please|pls|also|and|but|so|then|now|next|just|ok(?:ay)?|yes|yeah|yep|sure|great|good|cool|thanks|first(?:ly)?|second(?:ly)?|third(?:ly)?|finally|lastly|afterwards|additionally|once (?:that['’]s |that is )?done|after that|when (?:that['’]s |you['’]re )?done|one more thing|quick(?:ly)?|alright|let['’]s(?: also)?|maybe|instead)\b[\s,:.!–—-]*)+/i;
const asking =
  /^(?:(?:can|could|would|will) (?:you|we|u)(?: please| also| now| just)*\s+|(?:i|we)(?: also| would|['’]d)?(?: really)? (?:want|need|like)(?: you)? to\s+|(?:you|we|it|this) (?:also )?(?:should|need to|needs to|must|have to|want to|can)(?: also)? |don['’]t forget to\s+|remember to\s+|make sure (?:that )?(?:you|to|we)\s+|be sure to\s+|let['’]s(?: also)? |try to |go ahead and |your task is to |the task is to |(?:the )?goal is to )/i;
const act = new RegExp(
  `^(?:${acts})\\b(?!['’/:-])(?!\\s*(?:[=({]|is\\b|are\\b|was\\b|has\\b|of\\b|fails?\\b|failed\\b|failing\\b))`,
  'i',
);
const border = new RegExp(
  `\\s*[,;]?\\s+(?:and then|and also|then|and)\\s+(?=(?:then |also |please )?(?:${acts})\\b)|\\s*[;,]\\s+(?=(?:please |also |then )?(?:${acts})\\b)|\\s+[–—]\\s+(?=(?:${acts})\\b)`,
  'i',
);

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
  if (!act.test(rest) || codeLike.test(rest) || manner.test(rest)) return undefined;
  const order = withoutTail(rest).replace(/[\s.!?;:,]+$/, '');
  return order.length > 6 || gitWord.test(order) ? order : undefined;
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
export function readOrders(text: string): string[] {
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
  return masked.split(border).map((part) => part.replace(/\u0001(\d+)\u0002/g, (_, at) => kept[Number(at)] ?? ''));
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
