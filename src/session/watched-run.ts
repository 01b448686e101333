import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseNoFlags } from '../command-line/args.ts';
import { createRedactor } from '../core/text/redact.ts';
import { folderSlug } from '../core/text/slug.ts';
import { readVersion } from '../core/version.ts';
import { observerSchema } from '../observer/config.ts';
import type { Header } from '../store/lines.ts';
import { openSessionFile } from '../store/session.ts';
import type { WatchEvent } from '../watch/events.ts';
import type { WatchPlaces } from '../watch/places.ts';
import { createWatchSession, type WatchSession } from '../watch/session.ts';
import { type Env, prepareSetup } from './setup.ts';

/** The observer of another agent's run, with the user's settings for that folder and a session file of the run. */
export async function openWatchedRun(
  agent: string,
  event: WatchEvent,
  { places, mode, env }: { places: WatchPlaces; mode: 'on' | 'shadow'; env: Env },
): Promise<WatchSession> {
  const cwd = isFolder(event.cwd) ? event.cwd : process.cwd();
  const settings = await prepareSetup({ ...parseNoFlags(), cwd }, env).catch(() => undefined);
  const config = settings?.loaded.config.observer ?? observerSchema.parse({});
  const repository = settings?.loaded.repository ?? cwd;
  const told = config.mode === 'shadow' ? 'shadow' : mode;
  const id = `${agent}-${event.session}`.replace(/[^\w.-]/g, '-').slice(0, 80);
  const folder = join(places.sessions, folderSlug(repository));
  const name = existsSync(join(folder, `${id}.jsonl`)) ? `${id}-${Date.now().toString(36)}` : id;
  const file = openSessionFile(folder, name, createRedactor([]), () => {});
  const header: Header = {
    type: 'header',
    format: 1,
    session: name,
    at: new Date().toISOString(),
    version: readVersion(),
    model: '',
    baseUrl: '',
    cwd,
    repository,
    mode: told,
    approval: 'ask',
    task: event.kind === 'prompt' ? event.text : '',
    system: '',
    agent,
  };
  file.append(header);
  const session = createWatchSession({ cwd, mode: told, config, record: file.listen });
  return {
    ...session,
    close: (outcome) => {
      session.close(outcome);
      file.close();
    },
  };
}

function isFolder(path: string): boolean {
  return path !== '' && (statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false);
}
