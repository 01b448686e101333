import { estimateTokens } from '../core/context-size.ts';
import type { ServerTool } from './server-tool.ts';

/** Tools that fit the words, best first. A tool that is named outright comes before all others. */
export function findTools(tools: readonly ServerTool[], query: string): ServerTool[] {
  const wanted = wordsOf(query);
  const indexed = tools.map((tool) => ({ tool, fields: fieldsOf(tool) }));
  const weights = new Map(wanted.map((word) => [word, rarity(word, indexed)]));
  return indexed
    .map(({ tool, fields }) => {
      const isNamed = query.trim() === tool.own || query.trim() === tool.name;
      const score = wanted.reduce((sum, word) => sum + fitOf(word, fields) * (weights.get(word) ?? 0), 0);
      return { tool, score: isNamed ? Number.POSITIVE_INFINITY : score };
    })
    .filter(({ score }) => score > 0)
    .sort((left, right) => right.score - left.score || (left.tool.name < right.tool.name ? -1 : 1))
    .map(({ tool }) => tool);
}

/** Tokens that descriptions of tools take in each request, about. */
export function tokensOf(tools: readonly ServerTool[]): number {
  return tools.reduce(
    (sum, { name, description, fitted }) =>
      sum + estimateTokens(JSON.stringify({ name, description, parameters: fitted.schema })),
    0,
  );
}

type Field = { readonly words: readonly string[]; readonly weight: number };

function fieldsOf({ remote, own, description, fitted }: ServerTool): Field[] {
  const { properties } = fitted.schema;
  return [
    { words: wordsOf(own), weight: 3 },
    { words: wordsOf(remote.server), weight: 2 },
    { words: wordsOf(description), weight: 1 },
    { words: wordsOf(Object.keys(properties ?? {}).join(' ')), weight: 0.5 },
  ];
}

/** `createIssue`, `create_issue` and `create issue` are the same words. */
function wordsOf(text: string): string[] {
  const apart = text.replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2').toLowerCase();
  return [...new Set(apart.split(/[^\p{L}\p{N}]+/u).filter((word) => word.length > 1))];
}

function fitOf(word: string, fields: readonly Field[]): number {
  return fields.reduce((sum, { words, weight }) => (words.some((each) => isSame(word, each)) ? sum + weight : sum), 0);
}

/** `issue` and `issues`, `search` and `searching`. */
function isSame(left: string, right: string): boolean {
  if (left === right) return true;
  const [short, long] = left.length < right.length ? [left, right] : [right, left];
  return short.length >= 4 && long.startsWith(short);
}

/** A word that few tools have says more. */
function rarity(word: string, indexed: readonly { fields: readonly Field[] }[]): number {
  const holders = indexed.filter(({ fields }) => fitOf(word, fields) > 0).length;
  return holders === 0 ? 0 : Math.log(1 + indexed.length / holders);
}
