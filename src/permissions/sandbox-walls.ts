import { isProtected } from '../core/disk/protected-files.ts';
import type { PermissionContext } from './decide-path.ts';
import { isSecret, literalPath, namesSecret, pathMatcher } from './path-kinds.ts';
import type { PermissionRule } from './rules.ts';

/** What permissions mean for paths, in terms that a sandbox can enforce. Paths are real and absolute. */
export type Walls = {
  /** Secrets, and what a deny rule closes or an ask rule asks about: hidden from confined commands. */
  readonly isHidden: (path: string) => boolean;
  /** What runs code or holds settings, and what a deny rule closes to writing: never changed by confined commands. */
  readonly isProtected: (path: string) => boolean;
  /** What git's settings name in the workspace and what protected links lead to, as these stand now: never changed by confined commands either. */
  readonly actingPlaces: () => readonly string[];
  /** What deny and ask rules cover, without secrets: of a search nobody was asked about in any mode. */
  readonly isRuled: (path: string) => boolean;
  /** Whether deny rules name paths, and so bind approved commands too. */
  readonly denied:
    | { readonly isHidden: (path: string) => boolean; readonly isProtected: (path: string) => boolean }
    | undefined;
  /** Places outside the workspace that deny rules close, and those that allow rules open. */
  readonly deniedPlaces: readonly string[];
  readonly allowedPlaces: readonly string[];
  /** A deny rule closes the whole network. */
  readonly deniesNetwork: boolean;
};

/** Works out what the sandbox must hold. */
export function findWalls(
  { rules, real, places }: PermissionContext,
  actingPlaces: Walls['actingPlaces'] = () => [],
): Walls {
  const allowed = rules.filter((rule) => rule.effect === 'allow' && rule.kind === 'read' && namesSecret(rule, places));
  const closed = rules.filter((rule) => rule.effect === 'deny' && rule.kind === 'read' && rule.pattern !== undefined);
  const asked = rules.filter((rule) => rule.effect === 'ask' && rule.kind === 'read' && rule.pattern !== undefined);
  const fixed = rules.filter((rule) => rule.effect === 'deny' && rule.kind === 'edit' && rule.pattern !== undefined);
  const coveredBy = (list: readonly PermissionRule[]) => {
    const matchers = list.map((rule) => pathMatcher(rule, real));
    return (path: string) => matchers.some((matches) => matches(path));
  };
  const [isAllowed, isClosed, isFixed] = [coveredBy(allowed), coveredBy(closed), coveredBy(fixed)];
  const isRuled = coveredBy([...closed, ...asked]);
  const placesOf = (effect: PermissionRule['effect']) =>
    rules
      .filter((rule) => rule.effect === effect && rule.kind === 'read' && rule.pattern !== undefined)
      .flatMap((rule) => literalPath(rule.pattern!, real) ?? []);
  return {
    isHidden: (path) => isRuled(path) || (isSecret(path, real) && !isAllowed(path)),
    isProtected: (path) => isProtected(path) || isFixed(path),
    isRuled,
    actingPlaces,
    denied: closed.length + fixed.length > 0 ? { isHidden: isClosed, isProtected: isFixed } : undefined,
    deniedPlaces: placesOf('deny'),
    allowedPlaces: placesOf('allow'),
    deniesNetwork: rules.some(
      (rule) =>
        rule.effect === 'deny' && rule.kind === 'fetch' && rule.pattern === undefined && !/^web/i.test(rule.text),
    ),
  };
}
