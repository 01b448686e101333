import type { ReadingGate } from '../core/disk/reading-gate.ts';
import { type PermissionPlaces, pathMatcher, resolvePlaces, resolveReal } from './path-kinds.ts';
import { parseRules, type RuleTexts } from './rules.ts';

/**
 * What the rules on reading close to us, who read instructions and the like without a question: what a deny rule covers, and what an ask rule
 * does, since nobody is asked. A rule without a path is about the tools. Throws UserError for a malformed rule.
 */
export function gateByRules(rules: RuleTexts, places: PermissionPlaces): ReadingGate {
  const real = resolvePlaces(places);
  const closing = parseRules(rules, 'configuration')
    .filter(({ effect, kind, pattern }) => effect !== 'allow' && kind === 'read' && pattern !== undefined)
    .map((rule) => ({ rule, isWritten: pathMatcher(rule, places), isReal: pathMatcher(rule, real) }));
  const find = (path: string) => {
    if (closing.length === 0) return undefined;
    const resolved = resolveReal(path) ?? path;
    return closing.find(({ isWritten, isReal }) => isWritten(path) || isReal(resolved))?.rule;
  };
  return {
    whyClosed: (path) => {
      const rule = find(path);
      return rule && `the ${rule.effect} rule ${rule.text} covers it`;
    },
    isUnnamed: (path) => find(path)?.effect === 'deny',
  };
}
