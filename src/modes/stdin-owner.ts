import { readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';

/**
 * Whether stdin is the input of a loop around us (`while read -r name; do wink-agent -p "$name"; done < names`): reading it would take the
 * lines that the loop still wants. A file that was read from already, or the pipe of a shell that runs a script with `read` in it.
 * Only Linux tells (/proc); elsewhere the answer is false.
 */
export function isInputOfLoop(): boolean {
  try {
    const own = readlinkSync('/proc/self/fd/0');
    if (own.startsWith('/') && !own.startsWith('/dev/')) return positionOf('/proc/self/fdinfo/0') > 0;
    return (
      own.startsWith('pipe:') && own === readlinkSync(`/proc/${process.ppid}/fd/0`) && isLoopingShell(process.ppid)
    );
  } catch {
    return false;
  }
}

function positionOf(info: string): number {
  return Number(/^pos:\s*(\d+)/m.exec(readFileSync(info, 'utf8'))?.[1] ?? 0);
}

/** A shell whose script, wherever it is, reads lines; one that was started bare runs what a person typed, as a part of a pipe. */
function isLoopingShell(pid: number): boolean {
  const [program = '', ...words] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter(Boolean);
  if (!/^-?(?:ba|da|z|k|a|fi)?sh$/.test(basename(program))) return false;
  const rest = words.filter((word) => !/^-(?!c)/.test(word));
  if (rest.length === 0) return true;
  const script = /^-\w*c$/.test(rest[0] ?? '') ? (rest[1] ?? '') : readFileSync(rest[0] ?? '', 'utf8');
  return /\b(?:read|mapfile|readarray)\b/.test(script);
}
