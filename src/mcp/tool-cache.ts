import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeFileAtomic } from '../core/disk/atomic.ts';
import { isObject, parseJson } from '../core/text/json.ts';
import { type RemoteTool, readTool } from './connection/list-tools.ts';
import type { ServerSettings } from './servers.ts';

/** What a server offered when it was last asked, so that a session need not wait for it to start. */
export type ToolCache = {
  readonly read: () => readonly RemoteTool[] | undefined;
  readonly write: (tools: readonly RemoteTool[]) => Promise<void>;
};

/** A cache below `folder` for a server of these settings: other settings, other cache. A file that can't be read or written is not an error. */
export function openToolCache(folder: string, name: string, settings: ServerSettings): ToolCache {
  const hash = createHash('sha256')
    .update(JSON.stringify([name, settings]))
    .digest('hex')
    .slice(0, 24);
  const path = join(folder, `${hash}.json`);
  return {
    read: () => {
      try {
        const parsed = parseJson(readFileSync(path, 'utf8'));
        return Array.isArray(parsed) ? parsed.filter(isObject).flatMap((entry) => readTool(entry) ?? []) : undefined;
      } catch {
        return undefined;
      }
    },
    write: async (tools) => {
      try {
        mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
        await writeFileAtomic(path, JSON.stringify(tools), 0o600);
      } catch {
        // Only the next start is slower.
      }
    },
  };
}
