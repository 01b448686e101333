import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { builtInClasses, categoryOf } from '../../../src/observer/classes/taxonomy.ts';
import { createDetectors } from '../../../src/observer/detectors/all-detectors.ts';
import { detectorsSchema } from '../../../src/observer/detectors/detector-settings.ts';
import { call, steps, times } from './steps.ts';

const facts = { task: 'Do not modify tests.', cwd: '/repo', dirtyFiles: [] };
const look = call('read_file', { path: 'a.ts' });

describe('createDetectors', () => {
  it('runs every detector at its defaults', () => {
    const set = createDetectors(detectorsSchema.parse({}), facts);
    expect(set.detectors.map((detector) => detector.name).sort()).toEqual(
      [...Object.keys(detectorsSchema.unwrap().shape)].sort(),
    );
    const signals = steps(look, look, look).flatMap((step) => set.observe(step, false));
    expect(signals).toMatchObject([{ detector: 'repeated-call', class: 'infinite-loop', step: 2 }]);
  });

  it('leaves a detector out, and takes a threshold, as the configuration says', () => {
    const off = createDetectors(detectorsSchema.parse({ 'repeated-call': { enabled: false } }), facts);
    expect(steps(...times(6, look)).flatMap((step) => off.observe(step, false))).toEqual([]);
    const patient = createDetectors(detectorsSchema.parse({ 'repeated-call': { times: 5 } }), facts);
    const fired = steps(...times(6, look)).flatMap((step) => patient.observe(step, false).map((signal) => signal.step));
    expect(fired).toEqual([4]);
  });

  it('asks for the end of a turn only when the model ended it', () => {
    const edit = call('edit', { path: 'a.ts', old_string: 'a', new_string: 'b' });
    const [first, last] = steps(edit, 'Done.');
    const set = createDetectors(detectorsSchema.parse({}), facts);
    set.observe(first!, false);
    expect(set.observe(last!, false)).toEqual([]);
    expect(set.observe(last!, true).map((signal) => signal.class)).toEqual(['unverified-finish']);
  });

  it('knows a category for every class', () => {
    for (const known of builtInClasses) expect(categoryOf(known.name)).toBe(known.category);
    expect(() => categoryOf('sloth')).toThrow();
  });

  it('throws for no run, whatever stands in it', () => {
    const word = fc.string({ unit: 'binary', maxLength: 60 });
    const anyCall = fc.record({
      name: fc.constantFrom('read', 'edit', 'shell', 'write_file', 'TodoWrite', 'x'),
      input: fc.dictionary(
        fc.constantFrom(
          'path',
          'command',
          'old_string',
          'new_string',
          'content',
          'edits',
          'raw',
          'offset',
          'view_range',
        ),
        fc.oneof(word, fc.integer(), fc.array(word), fc.constant(null)),
      ),
      output: word,
      isError: fc.boolean(),
    });
    const anyStep = fc.record({
      text: word,
      userTexts: fc.array(word, { maxLength: 1 }),
      calls: fc.array(anyCall, { maxLength: 3 }),
    });
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 16 }), (run) => {
        const set = createDetectors(detectorsSchema.parse({}), { ...facts, dirtyFiles: ['a.ts'] });
        for (const [index, { text, userTexts, calls }] of run.entries()) {
          const seen = {
            index,
            text,
            userTexts,
            reasoning: '',
            isLossy: false,
            calls: calls.map(({ name, input, output, isError }) => call(name, input, { output, isError })),
          };
          for (const signal of set.observe(seen, calls.length === 0))
            expect(signal.evidenceSteps.every((step) => step <= index)).toBe(true);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('says little about a loop of a thousand steps', () => {
    const set = createDetectors(detectorsSchema.parse({}), facts);
    const signals = steps(...times(1000, look)).flatMap((step) => set.observe(step, false));
    expect(signals.map((signal) => signal.detector)).toEqual(['repeated-call', 'stagnation', 'paging', 'paging']);
  });

  it('gives plain JSON', () => {
    const set = createDetectors(detectorsSchema.parse({}), facts);
    const signals = steps(look, look, look).flatMap((step) => set.observe(step, false));
    expect(JSON.parse(JSON.stringify(signals))).toEqual(signals);
  });
});

it.each(['valueOf', 'constructor', '__proto__', 'git toString', 'hasOwnProperty a.ts'])(
  'a command named like what every object has is a command: %s',
  (command) => {
    const set = createDetectors(detectorsSchema.parse({}), { ...facts, dirtyFiles: ['a.ts'] });
    const step = { index: 0, text: '', userTexts: [], reasoning: '', isLossy: false };
    expect(set.observe({ ...step, calls: [call('shell', { command })] }, false)).toEqual([]);
  },
);
