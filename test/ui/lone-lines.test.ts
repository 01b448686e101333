import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { loneLines, pasteMs } from '../../src/ui/terminal/lone-lines.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('no line of a paste came alone, and each line is handed on in its order', () => {
  const seen: [string, boolean][] = [];
  const { take, end } = loneLines((line, isAlone) => seen.push([line, isAlone]));
  for (const line of ['please do this:', '1', 'and that']) take(line);
  vi.advanceTimersByTime(pasteMs + 1);
  take('2');
  vi.advanceTimersByTime(pasteMs + 1);
  take('y');
  end();
  expect(seen).toEqual([
    ['please do this:', false],
    ['1', false],
    ['and that', false],
    ['2', true],
    ['y', false],
  ]);
});
