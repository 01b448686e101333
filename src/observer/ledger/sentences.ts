const textLimit = 100_000;
const lineLimit = 20_000;
const sentenceLimit = 400;

/**
 * The sentences and list items of what somebody wrote, each at most 400 characters, without what they only quote: code
 * fences, lines that begin with `>`, HTML comments and tagged documents such as an issue's text.
 */
export function readSentences(text: string): string[] {
  const sentences: string[] = [];
  let isInFence = false;
  for (const line of withoutQuotedDocuments(text.slice(0, textLimit)).split('\n')) {
    if (/^\s*(?:```|~~~)/.test(line)) isInFence = !isInFence;
    else if (!isInFence && !line.startsWith('>')) addSentences(line.slice(0, lineLimit), sentences);
  }
  return sentences;
}

function addSentences(line: string, sentences: string[]): void {
  const clean = line
    .replace(/^[\s>#*•+\d.)-]+/, '')
    .replace(/\*\*|__/g, '')
    .trim();
  if (clean.length < 5) return;
  for (const part of clean.split(/(?<=[.!?;])\s+(?=[A-Z"'`(])/)) {
    if (part.length >= 5) sentences.push(part.slice(0, sentenceLimit));
  }
}

/** Documents that a harness or a user pastes between tags: an issue, a pull request, a log. */
function withoutQuotedDocuments(text: string): string {
  let rest = dropBetween(text, '<!--', '-->');
  for (const tag of [
    'pr_description',
    'issue_description',
    'issue',
    'problem_statement',
    'document',
    'log',
    'file',
    'diff',
    'example',
  ]) {
    rest = dropBetween(rest, `<${tag}>`, `</${tag}>`);
  }
  return rest;
}

function dropBetween(text: string, open: string, close: string): string {
  let kept = '';
  let from = 0;
  for (let at = text.indexOf(open); at !== -1; at = text.indexOf(open, from)) {
    const end = text.indexOf(close, at + open.length);
    if (end === -1) break;
    kept += text.slice(from, at);
    from = end + close.length;
  }
  return kept + text.slice(from);
}
