import { mkdirSync } from 'node:fs';

/** Gives what makes a folder that only its owner may enter, when it is first needed, and names it. */
export function privateFolder(path: string): () => string {
  return () => {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return path;
  };
}
