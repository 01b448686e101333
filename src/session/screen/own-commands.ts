import { existsSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { skillPlaces } from '../../skills/find-skills.ts';
import { reservedCommands } from '../../slash-commands/built-in.ts';
import { type CustomCommand, findCommands } from '../../slash-commands/custom.ts';
import { sessionGate } from '../session-gate.ts';
import type { Setup } from '../setup.ts';

/** How long the user's files of commands are taken for what they were, unless one was made or removed. */
const knownMs = 1_000;

/**
 * The commands of a session with the user's own as their files are now. Those of the repository stay as they were when the session began:
 * they are what the user has trusted.
 */
export function followOwnCommands(setup: Setup): (known: readonly CustomCommand[]) => readonly CustomCommand[] {
  const folder = join(setup.home, 'commands') + sep;
  let own: readonly CustomCommand[] = [];
  let readAt = Number.NEGATIVE_INFINITY;
  let changedAt: number | undefined;
  return (known) => {
    const changed = statSync(folder, { throwIfNoEntry: false })?.mtimeMs;
    if (changed !== changedAt || performance.now() - readAt > knownMs) {
      readAt = performance.now();
      changedAt = changed;
      const places = { home: setup.home, repository: setup.loaded.repository, gate: sessionGate(setup) };
      own = findCommands({ ...places, isTrusted: false, reserved: reservedCommands }).commands;
    }
    const names = new Set(own.map(({ name }) => name));
    return [...own, ...known.filter(({ name, path }) => !names.has(name) && !path.startsWith(folder))];
  };
}

/** Why a skill or a command of the repository that has this name is none of the session's, and what to do; undefined where there is none. */
export function explainMissing(name: string, { home, env, loaded: { repository } }: Setup): string | undefined {
  const { user, theirs } = skillPlaces({ home, userHome: env.HOME, repository });
  const isSkill = [...user, ...theirs].some((place) => existsSync(join(place, name, 'SKILL.md')));
  const isCommand = existsSync(join(repository, '.wink', 'commands', `${name.replaceAll(':', sep)}.md`));
  if (!isSkill && !isCommand) return undefined;
  return `${isSkill ? 'skills' : "a repository's commands"} are read when a session begins, and those of a repository only where it is trusted: /clear begins one`;
}
