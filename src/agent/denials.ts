import type { Target } from '../core/tool.ts';

/** Remembers what was denied, and forgets it when a later call did the same after all: exit `denied` depends on the rest. */
export function createDenials() {
  const open = new Set<string>();
  const keys = (targets: readonly Target[]) =>
    targets.map((target) =>
      target.kind === 'path'
        ? `${target.access} ${target.path}`
        : target.kind === 'command'
          ? `run ${target.command}`
          : `reach ${target.host}`,
    );
  return {
    denied: (callName: string, targets: readonly Target[]) => {
      for (const key of targets.length > 0 ? keys(targets) : [callName]) open.add(key);
    },
    done: (callName: string, targets: readonly Target[]) => {
      for (const key of [callName, ...keys(targets)]) open.delete(key);
    },
    hasOpen: () => open.size > 0,
  };
}

export type Denials = ReturnType<typeof createDenials>;
