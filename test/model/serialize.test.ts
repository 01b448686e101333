import { describe, expect, it } from 'vitest';
import type { Note } from '../../src/core/types.ts';
import { createSerializer } from '../../src/model/request/serialize.ts';
import type { Form } from '../../src/model/request/step-messages.ts';
import { callOf, resultOf, stepOf, trajectoryOf, userNote } from './support.ts';

const form: Form = { api: 'chat', origin: 'chat:m' };

/** A trajectory of many steps, with what was sent before each of them. */
function run(count: number, afterStep: (index: number) => void = () => undefined) {
  const trajectory = trajectoryOf();
  const serialize = createSerializer(form);
  const sent: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const notes: Note[] =
      index === 0 ? [userNote('Fix it.')] : index % 7 === 0 ? [userNote('Try another way.', { from: 'observer' })] : [];
    sent.push(serialize(trajectory, notes));
    trajectory.steps.push(
      stepOf(index, {
        notes,
        text: `I read ${index}.`,
        calls: [callOf(`c${index}`)],
        results: [resultOf(`c${index}`, `output ${index}`)],
      }),
    );
    afterStep(index);
  }
  return { trajectory, serialize, sent };
}

describe('serialised messages', () => {
  it('of a turn begin with those of the turn before, byte by byte', () => {
    const { sent } = run(50);
    for (const [index, json] of sent.slice(1).entries()) expect(json.startsWith(sent[index] ?? '')).toBe(true);
  });

  it('are the same whether made step by step or at once', () => {
    const { trajectory, serialize } = run(30);
    expect(serialize(trajectory, [userNote('Go on.')])).toBe(createSerializer(form)(trajectory, [userNote('Go on.')]));
  });

  it('are valid JSON', () => {
    const { trajectory, serialize } = run(3);
    expect(JSON.parse(`[${serialize(trajectory, [])}]`)).toHaveLength(8);
  });

  it('project each step once', () => {
    let reads = 0;
    const trajectory = trajectoryOf();
    const serialize = createSerializer(form);
    for (let index = 0; index < 20; index += 1) {
      const step = stepOf(index, { text: `step ${index}` });
      trajectory.steps.push(
        new Proxy(step, {
          get: (target, key, receiver) => {
            if (key === 'text') reads += 1;
            return Reflect.get(target, key, receiver);
          },
        }),
      );
      serialize(trajectory, []);
    }
    const readsOfOne = reads / 20;
    serialize(trajectory, []);
    expect(reads).toBe(readsOfOne * 20);
    expect(readsOfOne).toBeLessThanOrEqual(4);
  });

  it('are made anew after a compaction, a rewind and a change of the system prompt', () => {
    const { trajectory, serialize } = run(10);
    const fresh = (changed: typeof trajectory) => createSerializer(form)(changed, []);
    trajectory.compactions.push({ kind: 'summary', fromStep: 8, summary: 'Much.', tokensBefore: 2, tokensAfter: 1 });
    expect(serialize(trajectory, [])).toBe(fresh(trajectory));
    trajectory.steps.splice(9, 1, stepOf(9, { text: 'another way' }));
    expect(serialize(trajectory, [])).toBe(fresh(trajectory));
    trajectory.steps.length = 9;
    expect(serialize(trajectory, [])).toBe(fresh(trajectory));
  });
});
