import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'vitest';
import { done, type TaskOptions, write } from '../task.ts';

const root = resolve(import.meta.dirname, '../../..');
export const full = ['--approval', 'full'];
export const denied = 7;
export const isThere = ({ cwd }: { cwd: string }, path = 'b.txt') => existsSync(join(cwd, path));
export const writing: TaskOptions = { replies: [write('b.txt', 'two'), done] };

/** By the keys, with spaces between them; each fails when its keys do nothing. */
export type Proofs = Readonly<Record<string, () => Promise<void>>>;

/** A proof that is in another test of the built program. It is looked up by its words, so that it can't go unseen. */
export function elsewhere(path: string, words: string): () => Promise<void> {
  return async () => {
    const names = path.endsWith('.ts')
      ? [path]
      : readdirSync(join(root, path), { encoding: 'utf8' }).map((name) => join(path, name));
    const texts = names.filter((name) => name.endsWith('.ts')).map((name) => readFileSync(join(root, name), 'utf8'));
    expect(
      texts.some((text) => text.includes(words)),
      `${path} has no test of ${words}`,
    ).toBe(true);
  };
}
