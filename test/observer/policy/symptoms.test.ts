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
