import { appendFileSync, mkdirSync, statSync, truncateSync } from 'node:fs';
import { dirname } from 'node:path';

export type ServerLog = { readonly path: string; readonly write: (text: string) => void };

const maxBytes = 1_000_000;

/** A log file of a server, readable by the user alone, begun anew when it has grown past 1 MB. Secrets are masked; a log that can't be written is no error. */
export function openServerLog(path: string, redact: (text: string) => string): ServerLog {
  let isOpen = false;
  return {
    path,
    write: (text) => {
      try {
        if (!isOpen) prepare(path);
        isOpen = true;
        appendFileSync(path, `${new Date().toISOString()} ${redact(text.trimEnd())}\n`, { mode: 0o600 });
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
