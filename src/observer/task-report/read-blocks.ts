/** A piece of what somebody wrote, as Markdown sees it. */
export type TextBlock =
  | { readonly kind: 'heading'; readonly level: number; readonly text: string }
  /** `indent`: columns before the mark. */
  | { readonly kind: 'item'; readonly indent: number; readonly isNumbered: boolean; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'code'; readonly text: string };

const maxCharacters = 60_000;
const maxLine = 2000;
const fence = /^\s*(?:```|~~~)/;
const item = /^(\s*)(?:([*•+-])|(\d{1,3}[.)]|[a-z]\)))\s+(?:\[[ xX]\]\s+)?(\S.*)$/;

/** The headings, list items, paragraphs and fences of a text, in order. Quoted lines, tables and rules are left out. */
export function readBlocks(text: string): TextBlock[] {
  const blocks: TextBlock[] = [];
  let code: string[] | undefined;
  let isOpen = false;
  for (const raw of withoutDocuments(text.slice(0, maxCharacters)).split('\n')) {
    const line = raw.slice(0, maxLine);
    if (fence.test(line)) {
      if (code !== undefined) blocks.push({ kind: 'code', text: code.join('\n') });
      code = code === undefined ? [] : undefined;
      isOpen = false;
    } else if (code !== undefined) code.push(line);
    else isOpen = addLine(blocks, line, isOpen);
  }
  return blocks;
}

/** Adds a line; gives whether the next line may go on with this block. */
function addLine(blocks: TextBlock[], line: string, isOpen: boolean): boolean {
  if (/^\s*(?:$|>|\||[-=*_]{3,}\s*$)/.test(line)) return false;
  const heading = /^\s{0,3}(#{1,6})\s+(.+?)\s*#*$/.exec(line);
  if (heading !== null) {
    blocks.push({ kind: 'heading', level: heading[1]!.length, text: clean(heading[2]!) });
    return false;
  }
  const listed = item.exec(line);
  if (listed !== null) {
    const indent = listed[1]!.replace(/\t/g, '    ').length;
    blocks.push({ kind: 'item', indent, isNumbered: listed[3] !== undefined, text: clean(listed[4]!) });
    return true;
  }
  const last = blocks.at(-1);
  if (isOpen && last !== undefined && last.kind !== 'heading' && isWrapped(last.text, line))
    blocks[blocks.length - 1] = { ...last, text: `${last.text} ${clean(line)}` };
  else blocks.push({ kind: 'text', text: clean(line) });
  return true;
}

/** Whether the line above was wrapped and goes on in this one. */
function isWrapped(above: string, line: string): boolean {
  return above.length < maxLine && (/^\s*[a-z(`]/.test(line) || above.length > 60) && !/[.!?:;]\s*$/.test(above);
}

/** Without marks of emphasis, and with single spaces: the patterns that read orders go back and forth in longer ones. */
function clean(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/\*\*|__(?=\S)|(?<=\S)__/g, '')
    .trim();
}

const tag = /^<([a-z][\w-]{2,30})(?:\s[^<>]*)?>\s*$/i;

/** What comes between tags on lines of their own is a document that was pasted: an issue, a log, a notice of a program. */
function withoutDocuments(text: string): string {
  const kept: string[] = [];
  let end: string | undefined;
  for (const line of text.split('\n')) {
    if (end !== undefined) {
      if (line.includes(end)) end = undefined;
      continue;
    }
    const name = tag.exec(line.trim())?.[1];
    if (name !== undefined && text.includes(`</${name}>`)) end = `</${name}>`;
    else if (line.trim().startsWith('<!--')) end = line.includes('-->') ? undefined : '-->';
    else kept.push(line);
  }
  return kept.join('\n');
}
