/** One simple command of a shell line: its words without quotes, where its output goes, and what it is fed. */
export type SimpleCommand = {
  readonly words: readonly string[];
  /** Files that redirections write (`>`, `>>`, `>|`, `&>`). */
  readonly writes: readonly { readonly path: string; readonly isAppend: boolean }[];
  /** The body of a here-document, as far as it was read. */
  readonly input?: string;
  /** A variable or a substitution stands in it, where the shell would put something else in its place. */
  readonly isExpanded?: boolean;
};

const commandLimit = 100_000;
const separators = new Set([';', '|', '&', '\n', '(', ')', '{', '}']);

/**
 * Splits a shell line into its simple commands with one pass over its characters: quotes, escapes, comments,
 * redirections and here-documents are known, everything else (loops, substitutions) is read as plain words. Cheap
 * enough for every step; the ledger asks the real parser. Reads at most 100,000 characters.
 */
export function splitCommands(line: string): readonly SimpleCommand[] {
  if (latest.line !== line) {
    latest = { line, commands: new Scanner(line.length > commandLimit ? line.slice(0, commandLimit) : line).scan() };
  }
  return latest.commands;
}

/** One call's line is asked about several times. */
let latest: { line: string; commands: readonly SimpleCommand[] } = { line: '', commands: [] };

/** Whether a redirection's target is a file: not a descriptor, not the bin. */
export function isRealFile(target: string, operator: string): boolean {
  if (target === '' || /^\/dev\/(?:null|stdout|stderr|tty)$/.test(target)) return false;
  return !(operator.endsWith('&') && /^(?:\d+|-)$/.test(target));
}

type Draft = { words: string[]; writes: { path: string; isAppend: boolean }[]; input?: string; isExpanded?: boolean };

class Scanner {
  private readonly text: string;
  private at = 0;
  private readonly done: Draft[] = [];
  private draft: Draft = { words: [], writes: [] };
  /** Here-documents that were announced on this line and whose bodies follow it. */
  private awaited: { delimiter: string; owner: Draft }[] = [];

  constructor(text: string) {
    this.text = text;
  }

  scan(): SimpleCommand[] {
    while (this.at < this.text.length) this.step();
    this.end();
    return this.done;
  }

  private step(): void {
    const character = this.text[this.at]!;
    if (character === ' ' || character === '\t' || character === '\r') this.at += 1;
    else if (character === '\\' && this.text[this.at + 1] === '\n') this.at += 2;
    else if (character === '#') this.skipTo('\n');
    else if (character === '>' || character === '<' || this.isDescriptor()) this.redirect();
    else if (separators.has(character)) this.separate(character);
    else this.draft.words.push(this.word());
  }

  private separate(character: string): void {
    this.at += 1;
    const isCommandStart = character !== '{' && character !== '}';
    if (isCommandStart || this.draft.words.length === 0) this.end();
    if (character === '\n' && this.awaited.length > 0) this.readDocuments();
  }

  private end(): void {
    if (this.draft.words.length > 0 || this.draft.writes.length > 0) this.done.push(this.draft);
    this.draft = { words: [], writes: [] };
  }

  /** `2>`, `&>`: a redirection that starts with a digit or an ampersand. */
  private isDescriptor(): boolean {
    const next = this.text[this.at + 1];
    const character = this.text[this.at]!;
    return next === '>' && (character === '&' || (character >= '0' && character <= '9'));
  }

  private redirect(): void {
    const start = this.at;
    while (this.at < this.text.length && '0123456789&<>|-'.includes(this.text[this.at]!) && this.at - start < 4) {
      const character = this.text[this.at]!;
      if (character === '|' && this.text[this.at - 1] !== '>') break;
      if (character === '-' && this.text[this.at - 1] !== '<') break;
      this.at += 1;
    }
    const operator = this.text.slice(start, this.at);
    if (operator.endsWith('&-') || /&\d$/.test(operator)) return;
    while (this.text[this.at] === ' ' || this.text[this.at] === '\t') this.at += 1;
    if (this.at >= this.text.length || this.text[this.at] === '\n') return;
    const target = this.word();
    if (operator.startsWith('<<') && !operator.startsWith('<<<'))
      this.awaited.push({ delimiter: target, owner: this.draft });
    else if (operator.includes('>') && isRealFile(target, operator))
      this.draft.writes.push({ path: target, isAppend: operator.includes('>>') });
  }

  private readDocuments(): void {
    for (const { delimiter, owner } of this.awaited) {
      const end = this.findDelimiter(delimiter);
      owner.input = this.text.slice(this.at, Math.max(this.at, end - 1));
      const lineEnd = this.text.indexOf('\n', end);
      this.at = lineEnd === -1 ? this.text.length : lineEnd + 1;
    }
    this.awaited = [];
  }

  /** Where the line begins that holds nothing but the delimiter; the end of the text when there isn't one. */
  private findDelimiter(delimiter: string): number {
    if (delimiter === '') return this.text.length;
    for (let at = this.text.indexOf(delimiter, this.at); at !== -1; at = this.text.indexOf(delimiter, at + 1)) {
      const start = this.text.lastIndexOf('\n', at) + 1;
      const end = this.text.indexOf('\n', at);
      if (this.text.slice(start, end === -1 ? this.text.length : end).trim() === delimiter) return start;
    }
    return this.text.length + 1;
  }

  private word(): string {
    let word = '';
    while (this.at < this.text.length) {
      const character = this.text[this.at]!;
      if (character === "'" || character === '"') word += this.quoted(character);
      else if (character === '\\') {
        if (this.text[this.at + 1] !== '\n') word += this.text[this.at + 1] ?? '';
        this.at += 2;
      } else if (' \t\r\n;|&<>()'.includes(character)) break;
      else {
        if (character === '$' || character === '`') this.draft.isExpanded = true;
        word += character;
        this.at += 1;
      }
    }
    return word;
  }

  private quoted(quote: string): string {
    const start = this.at + 1;
    let end = start;
    while (end < this.text.length && this.text[end] !== quote) end += quote === '"' && this.text[end] === '\\' ? 2 : 1;
    this.at = end + 1;
    const inner = this.text.slice(start, Math.min(end, this.text.length));
    if (quote === '"' && /[$`]/.test(inner)) this.draft.isExpanded = true;
    return quote === '"' ? inner.replace(/\\(["\\$`])/g, '$1') : inner;
  }

  private skipTo(character: string): void {
    const end = this.text.indexOf(character, this.at);
    this.at = end === -1 ? this.text.length : end;
  }
}
