import type { ConstraintRule, FileSet } from './constraint.ts';
import { readFileSet } from './file-words.ts';
import { all, not, type Phrase } from './phrase.ts';

const changeVerb =
  '(?:modif(?:y|ying)|chang(?:e|ing)|edit(?:ing)?|touch(?:ing)?|alter(?:ing)?|updat(?:e|ing)|overwrit(?:e|ing)|writ(?:e|ing) to|mak(?:e|ing) (?:any )?(?:changes|edits|modifications) (?:to|in)|mess(?:ing)? with|re-?generat(?:e|ing)|rewrit(?:e|ing)|replac(?:e|ing)|refactor(?:ing)?)';
const deleteVerb = '(?:delet(?:e|ing)|remov(?:e|ing))';
const otherVerb =
  '(?:read(?:ing)?|open(?:ing)?|revert(?:ing)?|renam(?:e|ing)|mov(?:e|ing)|reformat(?:ting)?|format(?:ting)?)';
const changing = `(?:(?:${deleteVerb}|${otherVerb})\\s*(?:,|or|and|/|, or)\\s*)*${changeVerb}(?:\\s*(?:,\\s*or|,|or|and|nor|/)\\s*(?:${changeVerb}|${deleteVerb}|${otherVerb}))*`;
const anything =
  '(?:anything|any ?thing|any (?:of the |existing |source )?(?:files?|code)|the (?:code|codebase|source|repo|repository|files)|code|files|source (?:code|files)|things|stuff|a thing|any line of code)';

const byHand = /\s+(?:manually|by hand|directly)$/i;

/** What may be done to files: limits, turns in which nothing is changed, files that stay as they are, files that are not made. */
export const filePhrases: readonly Phrase[] = [
  {
    pattern: all(
      `${not}(?:chang|touch|modify|edit|alter|writ)\\w*\\s+(?:to\\s+)?(?:anything|any(?: other)? files?|files|code)?\\s*(?:else )?(?:outside|except|other than|but)(?: of| for| in)?\\s+(.+)`,
    ),
    read: readOnlyChange,
  },
  {
    pattern: all(
      `(?:you (?:may|can|should|must) |you(?:['’]re| are) )?only (?:(?:allowed|permitted|supposed) to )?(?:(?:make )?chang(?:e|es in|es to)|modify|edit|touch|work (?:in|on)|write to)\\s+(?:in |inside |within )?(.+)`,
    ),
    read: readOnlyChange,
  },
  {
    pattern: all(
      '(?:limit|restrict|confine|keep) (?:your|all|the|any)?\\s*(?:changes|edits|work|modifications) (?:to|inside|within)\\s+(.+)',
    ),
    read: readOnlyChange,
  },
  {
    pattern: all('(?:changes|edits|modifications) (?:are )?(?:allowed )?only (?:in|under|to|inside|within)\\s+(.+)'),
    read: readOnlyChange,
  },
  {
    pattern: all(
      '(?:all |your |the |any )*(?:changes|edits|modifications|work) (?:should|must|are to|need to|has to|have to) (?:(?:be )?(?:limited|restricted|confined) to|stay (?:in|inside|within))\\s+(.+)',
    ),
    read: readOnlyChange,
  },
  {
    pattern: all(
      '(?:only (?:the )?files? (?:in|under|inside|within)\\s+)(.+?)\\s+(?:may|can|should|must) (?:be )?(?:change|edit|modif|touch)\\w*',
    ),
    read: readOnlyChange,
  },
  {
    pattern: all(
      'nothing outside(?: of)?\\s+(.+?)\\s+(?:may|can|should|must|is to|needs to) (?:be )?(?:change|edit|modif|touch)\\w*',
    ),
    read: readOnlyChange,
  },
  {
    pattern: all(
      '(?:make|do|put|keep) (?:the |all |your |any |this )?(?:changes?|edits?|fix|work) (?:in|to|under|inside|within)\\s+(.+?) only',
    ),
    read: readOnlyChange,
  },
  {
    pattern: all(
      '(?:this|it|the (?:change|fix|pr|diff)) (?:should|must|may) only (?:touch|change|affect|edit|modify)\\s+(.+)',
    ),
    read: readOnlyChange,
  },
  {
    pattern: all(
      '(?:work|stay|edit|change|fix|update|touch|modify|refactor) only (?:in|on|under|inside|within)?\\s*(.+)',
    ),
    read: readOnlyChange,
  },
  { pattern: all('only files? (?:under|in|inside|within)\\s+(.+)'), read: readOnlyChange },
  {
    pattern: all('(?:(?:stay|work|keep) (?:within|inside)|stay in|nothing outside(?: of)?)\\s+(.+)'),
    read: readOnlyChange,
  },
  {
    pattern: all(`${not}(?:${changing}|fix(?:ing)?|implement(?:ing)?|writ(?:e|ing)|build(?:ing)?) ${anything}`),
    read: readOnly,
  },
  {
    pattern: all(
      `${not}(?:implement(?:ing)?|mak(?:e|ing)|do(?:ing)?) (?:any )?(?:code |file )?(?:changes|edits|modifications)`,
    ),
    read: readOnly,
  },
  {
    pattern: all(
      `${not}(?:cod(?:e|ing)|implement(?:ing)?(?: (?:it|this|that|them|anything))?|fix(?:ing)?(?: (?:it|this|that|them|anything))?|do(?:ing)? anything|(?:start|begin)(?:ing|ning)? (?:to )?(?:cod|implement|edit|mak|chang|writ|work)\\w*(?: (?:the |any )?(?:code|changes|implementation))?|(?:start|begin)(?:ing|ning)? (?:the |any )?(?:implementation|work)|proceed(?:ing)?|start(?:ing)?)`,
    ),
    read: readOnly,
  },
  {
    pattern: all(
      'no (?:code |file |actual )?(?:changes|edits|modifications|code|coding|fixes|implementation|implementing|editing)',
    ),
    read: readOnly,
  },
  {
    pattern: all(
      '(?:this is )?(?:just |only |a |an )*(?:plan(?:ning)?|review|analysis|investigation|research|discussion|read)[ -]only(?: (?:please|mode|task|turn))?',
    ),
    read: readOnly,
  },
  {
    pattern: all(
      'this (?:task |turn |review |session )?is (?:a )?read.only(?: (?:task|turn|review|session|investigation))?',
    ),
    read: readOnly,
  },
  {
    pattern: all(
      `(?:${not}(?:implement|work|edit|chang|cod|mak|writ|develop|commit)\\w*|(?:.+\\b)?(?:not|never))\\b[^,;]{0,40} in the main (?:checkout|worktree|working (?:tree|copy)|clone)`,
    ),
    read: () => ({ type: 'no-main-checkout' }),
  },
  { pattern: all(`${not}${changing}\\s*:?\\s+(.+)`), read: readNoChange },
  {
    pattern: all("files (?:that )?you (?:must|should|may|can)(?: not|n['’]t) (?:touch|change|edit|modify):\\s+(.+)"),
    read: readNoChange,
  },
  {
    pattern: all(`${not}${deleteVerb}(?: (?:or|and) (?:renam|mov)\\w+)*\\s+(?:anything|any files?|files)`),
    read: () => ({ type: 'no-delete', files: everyFile }),
  },
  { pattern: all(`${not}${deleteVerb}\\s+(.+)`), read: readNoDelete },
  {
    pattern: all(
      '(?:you (?:can|may) )?(?:change|edit|touch|modify) (?:everything|anything|all(?: files)?) (?:but|except(?: for)?|other than|besides)\\s+(.+)',
    ),
    read: readNoChange,
  },
  { pattern: all(`without\\s+${changing}\\s+(.+)`), read: readNoChange },
  { pattern: all(`no (?:changes?|edits?|modifications?) (?:to|in)\\s+(.+)`), read: readNoChange },
  {
    pattern: all(
      `(.+?)\\s+(?:must|should|may|can)(?:n['’]?t| not| never)\\s+(?:change|be\\s+(?:modified|changed|edited|touched|altered|updated))`,
    ),
    read: readNoChange,
  },
  {
    pattern: all(
      '(?:nothing|no (?:files?|code)) (?:in|under|inside|below)\\s+(.+?)\\s+(?:may|must|should|can|is to) (?:change|be (?:modified|changed|edited|touched|altered|updated))',
    ),
    read: readNoChange,
  },
  {
    pattern: all(
      '(.+?)\\s+(?:(?:must|should|has to|have to|is to|are to|needs? to) )?(?:stay|remain)s?\\s+(?:untouched|unchanged|unmodified|intact|as (?:is|it is|they are))',
    ),
    read: readNoChange,
  },
  {
    pattern: all(
      `(.+?)\\s+(?:must|should|may|can)(?:n['’]?t| not| never)\\s+be\\s+(?:modified|changed|edited|touched|altered|updated) (?:manually|by hand|directly)`,
    ),
    read: (object) => readNoChange(`${object} by hand`),
  },
  {
    pattern: all(`(.+?)\\s+(?:is|are) (?:off.limits|read.only|not to be (?:modified|changed|edited|touched))`),
    read: readNoChange,
  },
  {
    pattern: all(`(?:leave|keep)\\s+(.+?)\\s+(?:alone|untouched|unchanged|as (?:is|they are|it is)|intact|unmodified)`),
    read: readNoChange,
  },
  {
    pattern: all(
      `(?:${not}(?:creat|mak|add|writ|leav)(?:e|ing)?\\s+(?:any\\s+)?(?:new |other |additional |extra |more )+|no (?:new |other |additional |extra |more )+)(?:files?|folders?|scripts?|documents?)`,
    ),
    read: () => ({ type: 'no-new-files', except: [] }),
  },
  {
    pattern: all(`${not}(?:creat|writ|generat|add)(?:e|ing)?\\s+(?:any |more |extra |new )*(documentation|docs)`),
    read: readNoNewFiles,
  },
  {
    pattern: all(`${not}(?:creat|mak|add|writ|generat)(?:e|ing)?\\s+(.+ (?:files?|documents?))`),
    read: readNoNewFiles,
  },
  {
    pattern: all(`${not}(?:creat|generat|add)(?:e|ing)?\\s+(?:(?:an?|any|another|new)\\s+)*(.+)`),
    read: readNoNewFile,
  },
];

const everyFile: FileSet = { kinds: [], globs: ['**'] };

function readOnly(): ConstraintRule {
  return { type: 'read-only' };
}

function readNoNewFile(object: string): ConstraintRule | undefined {
  const files = readFileSet(object);
  if (files === undefined || files.globs.length === 0) return undefined;
  return files.kinds.every((kind) => kind === 'documentation')
    ? { type: 'no-new-files', except: [], files }
    : undefined;
}

function readNoNewFiles(object: string): ConstraintRule | undefined {
  const files = readFileSet(
    object.replace(/^(?:(?:an?|any|new|other|additional|extra|more|separate|summary|report)\s+)+/i, ''),
  );
  return files === undefined || files.kinds.length === 0 ? undefined : { type: 'no-new-files', except: [], files };
}

function readNoChange(object: string): ConstraintRule | undefined {
  const files = readFileSet(object.replace(byHand, ''));
  if (files === undefined) return undefined;
  return byHand.test(object) ? { type: 'no-change', files, byHand: true } : { type: 'no-change', files };
}

function readNoDelete(object: string): ConstraintRule | undefined {
  const files = readFileSet(object);
  return files === undefined ? undefined : { type: 'no-delete', files };
}

function readOnlyChange(object: string): ConstraintRule | undefined {
  const files = readFileSet(
    object
      .replace(/^(?:the |files? |code |things )+(?=(?:under|in|inside|within)\b)/i, '')
      .replace(/^(?:under|in|inside|within)\s+/i, 'files in '),
  );
  return files === undefined ? undefined : { type: 'only-change', files };
}
