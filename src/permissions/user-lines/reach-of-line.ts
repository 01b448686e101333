import { programName, readScript } from '../../core/shell/read-script.ts';
import { startedCommands } from '../started-commands.ts';
import { reachesWorkspace } from './reaches-workspace.ts';
import { type LineScope, startsNothing } from './starts-nothing.ts';

/**
 * What a shell line that the user wrote may start. `nothing`: no code of the workspace, for certain. `workspace`: what the workspace holds.
 * `repository`: that too, by a git that needs no network and may run its hooks. `unknown`: a program of which nobody knows.
 */
export type LineReach = 'nothing' | 'workspace' | 'repository' | 'unknown';

const besideGit = /^(git|cd|echo|printf|true|false|:|exit|test|\[|cat|jq|date)$/;
const overNetwork = /^(push|fetch|pull|clone|ls-remote|remote|submodule|lfs|svn|send-email)$/;

/** Decides how a hook is held: by default it is, since a list of what starts other programs is never whole. */
export function reachOfLine(line: string, scope: LineScope): LineReach {
  if (startsNothing(line, scope)) return 'nothing';
  if (reachesWorkspace(line, scope)) return 'workspace';
  return isGitAlone(line, scope) ? 'repository' : 'unknown';
}

function isGitAlone(line: string, scope: LineScope): boolean {
  const { commands, problem } = readScript(line, scope);
  if (problem !== undefined) return false;
  const started = commands.flatMap((command) => startedCommands(command, scope.home)).map(({ command }) => command);
  const names = started.map(({ words }) => programName(words[0]?.value ?? ''));
  const isLocal = started.every(({ words }) => !words.some(({ value }) => overNetwork.test(value)));
  return names.includes('git') && names.every((name) => besideGit.test(name)) && isLocal;
}
