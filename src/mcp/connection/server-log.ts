import { appendFileSync, mkdirSync, statSync, truncateSync } from 'node:fs';
import { dirname } from 'node:path';

export type ServerLog = { readonly path: string; readonly write: (text: string) => void };

const maxBytes = 1_000_000;

/** A log file of a server, readable by the user alone, begun anew when it has grown past 1 MB. Secrets are masked; a log that can't be written is not an error. */
export function openServerLog(path: string, redact: (text: string) => string): ServerLog {
  let isOpen = false;
  let written = 0;
  return {
    path,
    write: (text) => {
      try {
        if (!isOpen) prepare(path);
        isOpen = true;
        const line = `${new Date().toISOString()} ${redact(text.trimEnd())}\n`;
        written += line.length;
        // A server that never stops talking does not fill the disk.
        if (written > 5 * maxBytes) {
          truncateSync(path);
          written = line.length;
        }
        appendFileSync(path, line, { mode: 0o600 });
      } catch {
        isOpen = false;
      }
    },
  };
}

function prepare(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > maxBytes) truncateSync(path);
}
