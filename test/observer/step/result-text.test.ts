import { expect, test } from 'vitest';
import { normaliseResult, resultText } from '../../../src/observer/step/results/result-text.ts';

function isSame(left: string, right: string): boolean {
  return resultText(left).isSame(resultText(right));
}

test('results that differ in times, ids, colours and temporary names only are the same', () => {
  const frame = 'x'.repeat(200);
  expect(isSame(`${frame} done in 12ms ${frame}`, `${frame} done in 1.25 s ${frame}`)).toBe(true);
  expect(isSame(`${frame} at 10:01:02 ${frame}`, `${frame} at 11:59:00 ${frame}`)).toBe(true);
  expect(isSame(`${frame} \u001b[31mred\u001b[0m ${frame}`, `${frame} red ${frame}`)).toBe(true);
  const folder = 'deep/'.repeat(30);
  expect(isSame(`${frame} /tmp/${folder}one ${frame}`, `${frame} /tmp/${folder}two ${frame}`)).toBe(true);
  expect(isSame(`  ${frame}`, frame)).toBe(true);
});

test('results that differ in anything else are not the same', () => {
  const frame = 'x '.repeat(100);
  expect(isSame(`${frame}found one${frame}`, `${frame}found two${frame}`)).toBe(false);
  expect(isSame(`${frame}12 tests${frame}`, `${frame}13 tests${frame}`)).toBe(false);
  expect(isSame(frame, `${frame}more`)).toBe(false);
});

test('the cheap look at a difference says nothing else than the whole comparison', () => {
  const parts = [
    'alpha ',
    'beta\n',
    '12ms',
    '0x7ffe12',
    '10:20:30',
    ' /tmp/a/b ',
    '3 ',
    '\r',
    '\u001b[1m',
    'gamma.',
    '  ',
  ];
  let seed = 7;
  const pick = (count: number) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return Math.floor((seed / 2147483648) * count);
  };
  for (let round = 0; round < 3000; round += 1) {
    const left = Array.from({ length: 30 }, () => parts[pick(parts.length)]!);
    const right = left.map((part) => (pick(20) === 0 ? parts[pick(parts.length)]! : part));
    const [one, two] = [left.join(''), right.join('')];
    expect(isSame(one, two), JSON.stringify([one, two])).toBe(normaliseResult(one) === normaliseResult(two));
  }
});
