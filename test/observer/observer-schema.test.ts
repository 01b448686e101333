import { expect, it } from 'vitest';
import { observerSchema } from '../../src/observer/observer-schema.ts';

it('has a default for every key', () => {
  expect(observerSchema.parse(undefined)).toMatchObject({
    mode: 'on',
    policy: 'default',
    cooldownSteps: 5,
    finalWaitSeconds: 20,
    detectors: {},
    classes: {},
  });
});

it('knows the detectors and their settings', () => {
  expect(observerSchema.parse({ detectors: { chant: { enabled: false } } }).detectors).toEqual({
    chant: { enabled: false },
  });
  expect(observerSchema.safeParse({ detectors: { chants: {} } }).error?.issues[0]?.message).toContain(
    'is not a detector; there are',
  );
  expect(observerSchema.safeParse({ detectors: { chant: { times: 'six' } } }).error?.issues[0]?.path).toEqual([
    'detectors',
    'chant',
    'times',
  ]);
});
