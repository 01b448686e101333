import { UserError } from '../core/errors.ts';
import { lookUp } from '../core/text/look-up.ts';

/** Where a rule was written, for reasons ("user config", "--deny"). */
export type RuleOrigin = string;

/** Where rules come from that the user granted while they worked. */
export const sessionOrigin = 'this session';

export type RuleText = string | { readonly rule: string; readonly origin: RuleOrigin };

export type RuleTexts = {
  readonly allow?: readonly RuleText[];
  readonly ask?: readonly RuleText[];
  readonly deny?: readonly RuleText[];
};

export type Ruling = 'allow' | 'ask' | 'deny';

/** A parsed rule. `pattern` is undefined when the rule covers everything of its kind. */
export type PermissionRule = {
  readonly effect: Ruling;
  readonly kind: 'shell' | 'read' | 'edit' | 'mcp' | 'fetch' | 'search';
  readonly pattern: string | undefined;
  /** Of a shell rule: the only folder that it holds in, from the workspace (`docs/pkg`) or absolute. */
  readonly folder?: string;
  readonly text: string;
  readonly origin: RuleOrigin;
};

const kinds: Readonly<Record<string, PermissionRule['kind']>> = {
  shell: 'shell',
  bash: 'shell',
  read: 'read',
  grep: 'read',
  glob: 'read',
  edit: 'edit',
  write: 'edit',
  mcp: 'mcp',
  fetch: 'fetch',
  web_fetch: 'fetch',
  webfetch: 'fetch',
  web_search: 'search',
  websearch: 'search',
};

const forms =
  'Forms: shell(git diff:*), shell(npm test), shell(npm test:*) in docs, read(~/.ssh/**), edit(src/**), mcp(server/tool), mcp__server__tool, web_fetch(example.org), web_search, or a bare word such as shell';

/** Parses one rule. Throws UserError that names the rule and the forms allowed. */
export function parseRule(effect: Ruling, given: RuleText, defaultOrigin: RuleOrigin): PermissionRule {
  const text = (typeof given === 'string' ? given : given.rule).trim();
  const origin = typeof given === 'string' ? defaultOrigin : given.origin;
  const fail = (why: string): never => {
    throw new UserError(`The ${effect} rule \`${text}\` (${origin}) ${why}. ${forms}.`);
  };
  const mcp = /^mcp__([A-Za-z0-9_.-]+?)(?:__([A-Za-z0-9_.*-]+))?$/.exec(text);
  if (mcp) return { effect, kind: 'mcp', pattern: `${mcp[1]}/${mcp[2] ?? '*'}`, text, origin };
  const match = /^([A-Za-z_]+)(?:\(([\s\S]*)\))?(?: in (\S+))?$/.exec(text);
  if (!match) return fail('is not a rule');
  const kind = lookUp(kinds, match[1]!.toLowerCase());
  if (!kind) return fail(`names \`${match[1]}\`, which is not a kind of rule`);
  const folder = match[3];
  if (folder !== undefined && (kind !== 'shell' || match[2] === undefined))
    return fail('names a folder behind `in`, which only a rule for commands takes');
  const pattern = parsePattern(kind, match[2], fail);
  return { effect, kind, pattern, ...(folder === undefined ? {} : { folder }), text, origin };
}

function parsePattern(
  kind: PermissionRule['kind'],
  inner: string | undefined,
  fail: (why: string) => never,
): string | undefined {
  if (inner === undefined) return undefined;
  const pattern = inner.trim();
  if (pattern === '') return fail('has nothing between its parentheses');
  if (pattern === '*' || pattern === ':*' || (kind !== 'shell' && pattern === '**')) return undefined;
  if (kind === 'shell' && pattern.includes(':*') && !pattern.endsWith(':*'))
    return fail('has `:*` in the middle; it can only be at the end');
  if (kind === 'mcp') return mcpPattern(pattern, fail);
  if (kind === 'fetch') return hostPattern(pattern, fail);
  if (kind === 'search') return fail('takes nothing in parentheses: it is for all searches');
  return pattern;
}

/** `example.org`, `*.example.org`, `domain:example.org` as others write it, or an address, of which the host counts. */
function hostPattern(pattern: string, fail: (why: string) => never): string {
  const bare = pattern.replace(/^domain:/i, '').trim();
  const host = /^https?:\/\//i.test(bare) && URL.canParse(bare) ? new URL(bare).hostname : bare;
  if (/[\s/?#@]/.test(host)) return fail('must name a host, such as example.org');
  return host.replace(/^\[|\]$/g, '').toLowerCase();
}

function mcpPattern(pattern: string, fail: (why: string) => never): string {
  const parts = pattern.split('/');
  if (parts.length > 2 || parts.some((part) => part === ''))
    return fail('must name a server, or a server and a tool as server/tool');
  return parts.length === 1 ? `${pattern}/*` : pattern;
}

/** Parses a whole set; `origin` is used for rules that are plain strings. */
export function parseRules(texts: RuleTexts, origin: RuleOrigin): PermissionRule[] {
  return [
    ...(texts.deny ?? []).map((text) => parseRule('deny', text, origin)),
    ...(texts.ask ?? []).map((text) => parseRule('ask', text, origin)),
    ...(texts.allow ?? []).map((text) => parseRule('allow', text, origin)),
  ];
}

/** Splits `shell(a:*), edit(src/**)` at the commas between rules; commas inside parentheses stay. */
export function splitRules(text: string): string[] {
  const rules: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '(') depth++;
    else if (text[at] === ')') depth--;
    else if (text[at] === ',' && depth <= 0) {
      rules.push(text.slice(start, at));
      start = at + 1;
    }
  }
  rules.push(text.slice(start));
  return rules.map((rule) => rule.trim()).filter((rule) => rule !== '');
}

/**
 * Whether a shell rule covers these words. `git diff:*` covers the words `git diff` and whatever follows them; a rule without `:*` must
 * be the whole command, where `*` stands for any text.
 */
export function matchesShell(rule: PermissionRule, words: readonly string[]): boolean {
  if (rule.pattern === undefined) return true;
  if (rule.pattern.endsWith(':*')) {
    const prefix = rule.pattern.slice(0, -2).trim().split(/\s+/);
    return prefix.every((word, index) => matchesText(word, words[index] ?? ''));
  }
  return matchesText(rule.pattern.split(/\s+/).join(' '), words.join(' '));
}

/** Whether an `mcp` rule (`server/tool`, `*` in either) covers a tool. */
export function matchesMcp(rule: PermissionRule, server: string, tool: string): boolean {
  return rule.pattern === undefined || matchesText(rule.pattern, `${server}/${tool}`);
}

/**
 * Whether a `fetch` rule covers a host: `example.com` covers its subdomains too. One that was granted at a question is for the very host that
 * was shown, since below it anybody may have a site (`co.uk`, `github.io`); `*.example.com` is for both.
 */
export function matchesHost(rule: PermissionRule, host: string): boolean {
  if (rule.pattern === undefined) return true;
  const bare = rule.pattern.toLowerCase().replace(/^\*\./, '');
  const isVeryHost = rule.origin === sessionOrigin && !rule.pattern.startsWith('*.');
  return host.toLowerCase() === bare || (!isVeryHost && host.toLowerCase().endsWith(`.${bare}`));
}

/** `*` stands for any text; one star after the other, so that the time stays in proportion to the text. */
function matchesText(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return pattern === text;
  if (!text.startsWith(first) || !text.endsWith(last)) return false;
  let at = first.length;
  for (const piece of rest) {
    const found = text.indexOf(piece, at);
    if (found === -1) return false;
    at = found + piece.length;
  }
  return at <= text.length - last.length;
}

/** What is wrong with one or several rules, separated by commas; undefined when they can be granted. */
export function problemOfRules(texts: string): string | undefined {
  const rules = splitRules(texts);
  if (rules.length === 0) return 'There is no rule in it.';
  try {
    for (const text of rules) parseRule('allow', text, sessionOrigin);
    return undefined;
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}
