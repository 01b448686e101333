import { clipCommand, programName, type SimpleCommand } from '../../core/shell/read-script.ts';
import type { PermissionContext } from '../decide-path.ts';
import { quoted, shorten } from '../decide-path.ts';
import { isSecret } from '../path-kinds.ts';
import { pathsInWord, pathsOf } from '../paths-in-command.ts';
import { programWords } from '../plain-effects.ts';
import { startedCommands } from '../started-commands.ts';
import { describeAct, gravityOf } from './describe-act.ts';
import { findDownloaded } from './downloads.ts';
import { connectionOf } from './other-machines.ts';
import { namedOutside } from './outside.ts';

/** What several commands do together that none of them does by itself, as a sentence without its end. */
export type ScriptAct = { readonly does: string; readonly gravity: number };

/** The gravest of it: a secret is read and data are sent away, or a program is downloaded and run. */
export function describeTogether(
  commands: readonly SimpleCommand[],
  context: PermissionContext,
): ScriptAct | undefined {
  const started = commands.flatMap((command) => startedCommands(command).map((each) => each.command));
  const leak = describeLeak(started, context);
  if (leak !== undefined) return { does: leak, gravity: 5 };
  const program = findDownloaded(started);
  if (program === undefined) return undefined;
  return { does: `\`${program}\` runs a program that is downloaded first, so it is not shown here`, gravity: 3.5 };
}

function describeLeak(commands: readonly SimpleCommand[], context: PermissionContext): string | undefined {
  const secret = commands.map((command) => describeSecret(command, context)).find((each) => each !== undefined);
  const senders = commands.flatMap((command) => {
    const connection = connectionOf(command);
    return connection?.sends ? [`\`${programName(command.words[0]?.value ?? command.text)}\` ${connection.does}`] : [];
  });
  const what = secret ?? describeTaken(commands, context);
  return what !== undefined && senders.length > 0 ? `${what}, and ${senders[0]}` : undefined;
}

/** What lies outside the workspace and is written to a pipe: `tar c ~ | ssh host`. */
function describeTaken(commands: readonly SimpleCommand[], context: PermissionContext): string | undefined {
  for (const command of commands) {
    const name = programName(command.words[0]?.value ?? '');
    const [place] = readers.test(name) && connectionOf(command) === undefined ? namedOutside(command, context) : [];
    if (place !== undefined) return `\`${name}\` reads what lies outside the workspace (${clipCommand(place)})`;
  }
  return undefined;
}

const readers = /^(tar|cat|zip|cpio|dd|gzip|bzip2|xz|zstd|base64|find|grep|rg|head|tail|sqlite3|pg_dump|mysqldump)$/;

/** Commands that print keys which lie elsewhere. */
const printsKeys =
  /^(gh auth token|gcloud auth print-(access|identity)-token|aws configure (get|export-credentials)|security find-(generic|internet)-password|op read|op item|pass show|kubectl get secrets?|vault (read|kv))( |$)/;

function describeSecret(command: SimpleCommand, { places }: PermissionContext): string | undefined {
  const path = [...command.words.slice(1), ...command.reads]
    .flatMap(pathsInWord)
    .flatMap((word) => pathsOf(command.folder, word))
    .find((each) => isSecret(each, places));
  if (path !== undefined) return `${quoted(shorten(path, places))} looks like it holds secrets`;
  const words = programWords(command);
  const called = words.slice(0, 3).join(' ');
  if (printsKeys.test(called)) return `\`${called}\` prints keys`;
  const isListing = /^(env|set)$/.test(called) || words[0] === 'printenv' || /^(export|declare) -p/.test(called);
  return isListing ? `\`${called}\` prints the environment, which may hold keys` : undefined;
}

/** What the gravest of several commands does, as a sentence; empty where none is known to lose or send anything. */
export function describeGravest(commands: readonly SimpleCommand[], context: PermissionContext): string {
  const together = describeTogether(commands, context);
  if (together) return `${together.does}. `;
  const [gravest] = [...commands].sort((left, right) => gravityOf(right) - gravityOf(left));
  return gravest && gravityOf(gravest) > 1 ? `${describeAct(gravest)}. ` : '';
}
