import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

const dayMs = 24 * 3600 * 1000;
const waitMs = 3_000;
const knownSchema = z.object({ at: z.number(), latest: z.string() });
const answerSchema = z.looseObject({ version: z.string().regex(/^\d+\.\d+\.\d+/) });

/**
 * A sentence when the npm registry has a newer version; undefined for none, and whenever it can't be known. Asks once a day at most, for 3
 * seconds at most, and sends nothing but the name of the package. Only called where the user has switched it on.
 */
export async function findUpdate(
  home: string,
  version: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  const file = join(home, 'update.json');
  const known = await readKnown(file);
  const isFresh = known !== undefined && Math.abs(Date.now() - known.at) < dayMs;
  const latest = isFresh ? known.latest : await askRegistry(env.npm_config_registry || 'https://registry.npmjs.org');
  if (latest === undefined) return undefined;
  if (!isFresh) await keep(file, home, latest);
  if (!isNewer(latest, version)) return undefined;
  return `wink-agent ${latest} is there (this is ${version}): npm install -g wink-agent`;
}

async function askRegistry(registry: string): Promise<string | undefined> {
  try {
    const address = `${registry.replace(/\/+$/, '')}/wink-agent/latest`;
    const response = await fetch(address, { signal: AbortSignal.timeout(waitMs), redirect: 'error' });
    return response.ok ? answerSchema.parse(await response.json()).version : undefined;
  } catch {
    // Offline, a registry that answers something else: then there is nothing to say.
    return undefined;
  }
}

async function readKnown(file: string): Promise<z.output<typeof knownSchema> | undefined> {
  try {
    return knownSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return undefined;
  }
}

async function keep(file: string, home: string, latest: string): Promise<void> {
  try {
    await mkdir(home, { recursive: true });
    await writeFile(file, `${JSON.stringify({ at: Date.now(), latest })}\n`);
  } catch {
    // A home that can't be written: it is asked again next time.
  }
}

function isNewer(latest: string, version: string): boolean {
  const [left, right] = [latest, version].map((each) => each.split(/[.+-]/).slice(0, 3).map(Number));
  for (let place = 0; place < 3; place += 1) {
    const [one = 0, other = 0] = [left?.[place], right?.[place]];
    if (one !== other) return one > other;
  }
  return false;
}
