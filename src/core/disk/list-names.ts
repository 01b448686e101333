import { readdirSync } from 'node:fs';

/** The names in a folder, sorted; none when it can't be read. */
export function listNames(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
