import { describe, expect, it } from 'vitest';
import { readOrders } from '../../../../src/observer/review/account/standing-orders.ts';

const read = (text: string, limit = 3000) => readOrders([{ text, source: 'AGENTS.md' }], limit);

describe('standing instructions for the judge', () => {
  it('keep a sentence together with the commands below it, and never a heading alone', () => {
    const { always } = read(
      '## Before you commit\n\nAlways run these before every commit:\n\n```bash\nmise run fmt\nmise run lint\n```\n',
    );
    expect(always).toBe('- Always run these before every commit: mise run fmt; mise run lint (AGENTS.md)');
  });

  it('give items of a list what introduces them', () => {
    const { always } = read('You must never:\n\n- push to main\n- rewrite the history of a branch\n');
    expect(always).toBe(
      '- You must never: push to main (AGENTS.md)\n- You must never: rewrite the history of a branch (AGENTS.md)',
    );
  });

  it('show of the others those that bear on what is done', () => {
    const orders = read('Never push to main. Use tabs in makefiles. Write migrations with a rollback script.', 40);
    expect(orders.always).toBe('- Never push to main. (AGENTS.md)');
    expect(orders.bearingOn('write db/migrations/12.sql with a script', 500)).toBe(
      '- Write migrations with a rollback script. (AGENTS.md)',
    );
  });

  it('show what bore on the work once in every later question, so that an act is judged by the same rules', () => {
    const orders = read('Never push to main. Use tabs in makefiles. Write migrations with a rollback script.', 40);
    expect(orders.bearingOn('nothing of that', 500)).toBe('');
    const shown = orders.bearingOn('write db/migrations/12.sql with a script', 500);
    expect(orders.bearingOn('nothing of that', 500)).toBe(shown);
  });

  const descriptions = [
    'The strategy never commits on the active branch.',
    'The folder is always created when it is missing.',
    'Test files live in the folder test.',
    'When a session starts on an orphaned branch, the branch is reset.',
    'If no file matches, the loader returns an empty list.',
  ];
  it.each(descriptions)('leave out what only describes the software: %s', (text) => {
    expect(read(text).always).toBe('');
  });

  const orders = [
    'Never commit on the active branch.',
    'The file must always be created first.',
    'When you add a command, document it in the manual.',
    'If the build is stale, run the clean target.',
    'When calls do not depend on each other, batch them.',
    'Test with the race detector.',
  ];
  it.each(orders)('keep what asks for something: %s', (text) => {
    expect(read(text).always).toBe(`- ${text} (AGENTS.md)`);
  });

  it('keep of a list below a condition only the items that ask for something', () => {
    const { always } = read('When sessions are merged:\n\n- Old files are archived\n- Update the index file\n');
    expect(always).toBe('- When sessions are merged: Update the index file (AGENTS.md)');
  });
});
