import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { builtInCommands } from '../../src/slash-commands/built-in.ts';

const root = join(import.meta.dirname, '../..');

test('the names that users can’t take are those of the commands there are', () => {
  const files = [
    ...readdirSync(join(root, 'src/ui/commands')).map((name) => `src/ui/commands/${name}`),
    'src/session/screen/user-commands.ts',
  ];
  const source = files.map((path) => readFileSync(join(root, path), 'utf8')).join('\n');
  const names = [...source.matchAll(/\bname: '([a-z]+)'/g)].map(([, name]) => name);
  expect([...new Set(names)].sort(), 'src/slash-commands/built-in.ts lists them all').toEqual([...builtInCommands]);
});
