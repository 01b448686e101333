import type { Command, HereDoc, Redirection, SyntaxNode, Word } from 'unbash';
import { isRealFile, type SimpleCommand, splitCommands } from './simple-commands.ts';

type Parser = Pick<typeof import('unbash'), 'parse' | 'forEachChild'>;

const parsedLimit = 20_000;
const deepest = 60;
let parser: Parser | undefined;

/** Loads the shell parser; until then `parseCommands` splits by its own cheaper rules. */
export async function loadShellParser(): Promise<void> {
  parser ??= await import('unbash');
  latest = { line: '', commands: [] };
}

/**
 * The simple commands of a shell line, also those inside loops, functions and substitutions, with the values of plain
 * variables and of loops over a list put in. `splitCommands` does it alone where nothing but words and operators stand,
 * for lines beyond 20,000 characters, for what the parser can't read, and before `loadShellParser`.
 */
export function parseCommands(line: string): readonly SimpleCommand[] {
  if (latest.line !== line) latest = { line, commands: parseAnew(line) };
  return latest.commands;
}

/** One call's line is asked about several times. */
let latest: { line: string; commands: readonly SimpleCommand[] } = { line: '', commands: [] };

function parseAnew(line: string): readonly SimpleCommand[] {
  const plain = splitCommands(line);
  if (parser === undefined || line.length > parsedLimit || !plain.some(needsParser)) return plain;
  const script = parser.parse(line);
  if (script.errors !== undefined && script.errors.length > 0) return plain;
  const walk = new Walk(parser);
  walk.visit(script, 0, []);
  return walk.found;
}

/** Whether there is something in a command that only the parser understands: a loop, a variable, a substitution. */
function needsParser({ words, isExpanded }: SimpleCommand): boolean {
  return isExpanded === true || words.some((word) => /^(?:for|while|until|case|function|select)$/.test(word));
}

class Walk {
  readonly found: SimpleCommand[] = [];
  private readonly parser: Parser;
  private readonly variables = new Map<string, readonly string[]>();

  constructor(known: Parser) {
    this.parser = known;
  }

  /** `outer`: redirections of the groups around this node. */
  visit(node: SyntaxNode, depth: number, outer: readonly Redirection[]): void {
    if (depth > deepest) return;
    if (node.type === 'Command') this.add(node, outer);
    if (node.type === 'For' && node.wordlist !== undefined) {
      this.variables.set(
        node.name.value,
        node.wordlist.map((word) => word.value),
      );
    }
    const inner = node.type === 'Redirected' ? [...outer, ...node.redirects] : outer;
    this.parser.forEachChild(node, (child: SyntaxNode) => {
      this.visit(child, depth + 1, node.type === 'Command' ? [] : inner);
      return undefined;
    });
  }

  private add(command: Command, outer: readonly Redirection[]): void {
    const redirects = [...command.redirects, ...outer];
    for (const part of command.prefix) {
      if (part.type === 'Assignment' && command.name === undefined && part.value.type === 'Word')
        this.variables.set(part.name, [part.value.value]);
    }
    const words = [command.name, ...command.args]
      .filter((word): word is Word => word?.type === 'Word')
      .flatMap((word) => this.values(word.value));
    const writes = redirects.flatMap((redirect) => this.writesOf(redirect));
    const input = redirects.find((redirect): redirect is HereDoc => redirect.type === 'HereDoc')?.body.text;
    if (words.length > 0 || writes.length > 0)
      this.found.push({ words, writes, ...(input !== undefined && { input }) });
  }

  private writesOf(redirect: Redirection): { path: string; isAppend: boolean }[] {
    if (redirect.type !== 'Redirect' || !redirect.operator.includes('>') || redirect.target === undefined) return [];
    return this.values(redirect.target.value)
      .filter((path) => isRealFile(path, redirect.operator))
      .map((path) => ({ path, isAppend: redirect.operator.includes('>>') }));
  }

  /** A word with the plain variables in it replaced; one word for each value of a loop. */
  private values(word: string): readonly string[] {
    const match = /\$\{?([A-Za-z_]\w*)\}?/.exec(word);
    const values = match === null ? undefined : this.variables.get(match[1]!);
    if (match === null || values === undefined) return [word];
    return values.slice(0, 50).map((value) => word.replace(match[0], () => value));
  }
}
