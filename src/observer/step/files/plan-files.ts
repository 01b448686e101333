const endings =
  'go|[cm]?[jt]sx?|py|rs|rb|java|kt|cs|php|swift|scala|c|cc|cpp|h|hpp|vue|svelte|sql|sh|ex|exs|dart|css|scss|html';
const path = `(?:[\\w@.-]+\\/)+[\\w@.\\[\\]-]+\\.(?:${endings})`;
const verb =
  '(?:(?:files?|modify|update|edit|create|new(?: file)?|add|change|extend|refactor|modified|create new file)[:\\s]+(?:to |in |the )?)?';
/** A heading, a list item or a table row that begins with a file. */
const entry = new RegExp(
  `^\\s*(?:#{1,6}\\s+|[-*+]\\s+|\\d+[.)]\\s+|\\|\\s*(?:\\d+\\s*\\|\\s*)?)(?:\\*\\*)?(?:(?:step|file|phase)?\\s*\\d*[a-z]?[.:)—-]*\\s*)?(?:\\*\\*)?${verb}\\**\`(${path})(?::[\\d, -]+)?\``,
  'i',
);
const changing =
  /\b(?:files? (?:to|that)|changes?|modif\w*|implementation|steps?|tasks?|edits?|update|create|add|phase|new files?)\b|`/i;
const background =
  /\b(?:not?\b.{0,15}(?:modif|change|need)|unchanged|reference|verif|context|background|critical files|read|existing|problem|root cause|out of scope|key insight|test plan|why|how it works|pattern)/i;
/** The line leaves it open whether the file is changed, or says that it is not. */
const open =
  /\b(?:no changes?|unchanged|not (?:changed|modified|needed)|reference|already|see |like (?:in|the)|pattern|existing|read.only|same as|mirrors?|verify|check (?:that|if|whether)|ensure|if (?:needed|necessary)|optional(?:ly)?|maybe|may|might|consider|done|verif\w*|reuse|used by|delete|remove|or|keep)\b|✅|✓|\?/i;

/**
 * The files of code that a plan says to change: those that a heading, a list item or a row of a table begins with, in a part about changes, with
 * their folder, and that nothing around them leaves open. At most fifty.
 */
export function filesToChange(plan: string): string[] {
  const files = new Set<string>();
  let isAboutChanges = false;
  let isInFence = false;
  const lines = plan.slice(0, 60_000).split('\n');
  for (const [at, line] of lines.entries()) {
    if (/^\s*(?:```|~~~)/.test(line)) isInFence = !isInFence;
    if (isInFence || line.length > 2000) continue;
    const isHeading = /^\s*#{1,6}\s/.test(line);
    if (isHeading) isAboutChanges = changing.test(line) && !background.test(line);
    const file = entry.exec(line)?.[1];
    if (file === undefined || !isAboutChanges || open.test(line.replace(`\`${file}\``, ''))) continue;
    if (isHeading && isOpenBelow(lines.slice(at + 1, at + 12))) continue;
    if (files.size < 50) files.add(file);
  }
  return [...files];
}

/** Whether what comes below a heading leaves the file as it may be. */
function isOpenBelow(lines: readonly string[]): boolean {
  const end = lines.findIndex((line) => /^\s*#{1,6}\s/.test(line));
  const body = lines.slice(0, end === -1 ? lines.length : end).join('\n');
  return /\b(?:keep|optional(?:ly)?|or remove|no changes?|if needed|unchanged)\b/i.test(body);
}
