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
    expect(orders.bearingOn('nothing of that', 500)).toBe('');
  });
});
