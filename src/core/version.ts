import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from './prompt.ts';
import { parseJson } from './text/json.ts';

let version: string | undefined;

/** The version in package.json. */
export function readVersion(): string {
  if (version === undefined) {
    const parsed = parseJson(readFileSync(join(packageRoot(), 'package.json'), 'utf8'));
    version = typeof parsed === 'object' && parsed !== null && 'version' in parsed ? String(parsed.version) : 'unknown';
  }
  return version;
}
