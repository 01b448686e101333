import { expect, it } from 'vitest';
import { describeSymptom, isPresent } from '../../../src/observer/policy/symptoms.ts';
import { call, step } from '../steps.ts';

it.each([
  ['path', 'filepath'],
  ['file_path', 'file_name'],
  ['filePath', 'notebook_path'],
])('a file is the same place whether a tool names it %s or %s', (_, name) => {
  const look = (index: number, view: number) => step(index, [call('read', { [name]: 'src/cart.js', view })]);
  const symptom = describeSymptom('infinite-loop', [look(0, 1), look(1, 2), look(2, 3)]);
  expect(isPresent(symptom, look(3, 4))).toBe(true);
  expect(isPresent(symptom, step(4, [call('read', { [name]: 'src/shop.js' })]))).toBe(false);
});

it('a call that could not be read or was held by the sandbox is a wrong call, whatever its output says', () => {
  const failing = (index: number, output: string, errorKind: 'unreadable' | 'sandboxed') =>
    step(index, [call('read', { path: `a${index}` }, { output, errorKind, isError: true })]);
  for (const kind of ['unreadable', 'sandboxed'] as const) {
    const symptom = describeSymptom('tool-call-failure', [failing(0, 'one', kind), failing(1, 'two', kind)]);
    expect(isPresent(symptom, failing(2, 'three, and quite different', kind))).toBe(true);
  }
});
