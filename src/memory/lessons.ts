/** The heading under which lessons are in an instruction file. */
const heading = '## Lessons';
const headingLine = /^##\s+lessons\s*$/i;
const item = /^[-*]\s+(\S.*)$/;
const longest = 300;

/** Somebody's words as one lesson: one line that forges no heading, list or tag; empty when nothing is left. */
export function cleanLesson(words: string): string {
  const line = words
    .replaceAll('<!--', ' ')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/^(?:[-*#>]+\s+)+/, '')
    .slice(0, longest)
    .trim();
  if (line === '') return '';
  const sentence = line[0]!.toUpperCase() + line.slice(1);
  return /[.!?)`"'”]$/.test(sentence) ? sentence : `${sentence}.`;
}

/** The lessons that a file holds, in their order. */
export function readLessons(text: string): string[] {
  const lines = text.split(/\r?\n/);
  const { start, end } = sectionOf(lines);
  return lines.slice(start, end).flatMap((line) => item.exec(line)?.[1] ?? []);
}

/** The file with one more lesson at the end of its section, which is made at the end of the file when it isn't there. Line ends are kept. */
export function addLesson(text: string, lesson: string): string {
  if (readLessons(text).includes(lesson)) return text;
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  const lines = text.split(/\r?\n/);
  const { start, end } = sectionOf(lines);
  if (start === -1) {
    const before = text.trimEnd();
    return `${before === '' ? '' : `${before}${lineEnd}${lineEnd}`}${heading}${lineEnd}${lineEnd}- ${lesson}${lineEnd}`;
  }
  let at = end;
  while (at > start && lines[at - 1]?.trim() === '') at -= 1;
  const isEmpty = at === start;
  lines.splice(at, 0, ...(isEmpty ? [''] : []), `- ${lesson}`, ...(at === lines.length ? [''] : []));
  return lines.join(lineEnd);
}

/** The file without a lesson; an empty section goes with its last one. */
export function removeLesson(text: string, lesson: string): string {
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  const lines = text.split(/\r?\n/);
  const { start, end } = sectionOf(lines);
  const at = lines.findIndex((line, place) => place >= start && place < end && item.exec(line)?.[1] === lesson);
  if (start === -1 || at === -1) return text;
  lines.splice(at, 1);
  if (lines.slice(start, end - 1).some((line) => line.trim() !== '')) return lines.join(lineEnd);
  lines.splice(start - 1, end - start);
  const rest = lines.join(lineEnd).trimEnd();
  return rest === '' ? '' : `${rest}${lineEnd}`;
}

/** The lines of the section without its heading; a start of -1 when there isn't one. What is in a code fence is not a heading. */
function sectionOf(lines: readonly string[]): { readonly start: number; readonly end: number } {
  let isInFence = false;
  let start = -1;
  for (const [at, line] of lines.entries()) {
    if (/^\s*(?:```|~~~)/.test(line)) isInFence = !isInFence;
    else if (isInFence) continue;
    else if (start === -1 && headingLine.test(line)) start = at + 1;
    else if (start !== -1 && /^#{1,2}\s/.test(line)) return { start, end: at };
  }
  return { start, end: start === -1 ? -1 : lines.length };
}
