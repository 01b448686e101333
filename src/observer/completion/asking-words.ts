/** What a person asks an agent to do to files, to a repository or with commands; what is only to be found out is not in here. */
const acts =
  'add|adjust|adapt|address|align|allow|append|apply|bring|build|bump|change|clean(?: up)?|clear|commit|configure|convert|copy|correct|cover|create|cut|declare|decrease|dedup\\w*|define|delete|deploy|deprecate|disable|display|document|downgrade|drop|edit|emit|enable|enforce|escape|expand|export|expose|extend|extract|fix|format|generate|guard|handle|hide|implement|import|improve|include|increase|inline|install|integrate|introduce|invert|limit|link|lint|log|lower|make(?! sure)|mark|merge|migrate|mock|modify|move|normali[sz]e|open|optimi[sz]e|parse|pass|patch|persist|port|prevent|publish|pull|push|put|raise|rebase|re-?add|re-?enable|re-?run|re-?order|redirect|reduce|refactor|regenerate|register|reject|release|remove|rename|render|reorder|replace|reset|resolve|restore|restrict|restructure|return|revert|rewrite|rework|run|sanitize|save|separate|set(?: up)?|setup|shorten|show|simplify|skip|sort|split|start|stop|store|support|swap|switch|sync|tag|test|throw|tidy(?: up)?|translate|trim|truncate|turn|undo|unify|update|upgrade|use|validate|wire(?: up)?|wrap|write';

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

/** A clause that orders something, without politeness; undefined when it doesn't begin with an order. */
export function readOrder(clause: string): string | undefined {
  let rest = clause.trim().replace(/^["'“(]+/, '');
  if (/\?\s*$/.test(rest) && !asking.test(rest.replace(lead, ''))) return undefined;
  for (let more = shorten(rest); more !== rest; more = shorten(rest)) rest = more;
  return act.test(rest) && (rest.length > 6 || gitWord.test(rest)) ? rest.replace(/[\s.!?;:,]+$/, '') : undefined;
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
function isQuoted(line: string): boolean {
  return /^\s*(?:[$❯>#✓✗⎿●[{<=|+*]|\w+:\s*\/|\d+[:|]|at \w|\S+:\d+:|(?:error|warn\w*|info|debug|fail\w*|usage|built|running)\b\s*[:[])/i.test(
    line,
  );
}
