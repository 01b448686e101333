import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { builtInCommands } from '../../src/slash-commands/built-in.ts';

test('the names that users can’t take are those of the commands there are', () => {
  const source = [
    'src/ui/commands/commands.ts',
    'src/ui/commands/commands-session.tsx',
    'src/ui/theme-command.ts',
    'src/session/screen/user-commands.ts',
  ]
    .map((path) => {
      try {
        return readFileSync(join(import.meta.dirname, '../..', path), 'utf8');
      } catch {
        return '';
      }
    })
    .join('\n');
  const names = [...source.matchAll(/\bname: '([a-z]+)'/g)].map(([, name]) => name);
  expect([...new Set(names)].sort()).toEqual([...builtInCommands]);
});
