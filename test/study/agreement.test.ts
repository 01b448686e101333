import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Code, CodedLabel } from '../../src/core/qualitative-coding.ts';
import { computeAgreement, findDisagreements, writeAgreement } from '../../src/study/label/label-agreement.ts';
import {
  appendLabels,
  chooseReadings,
  type LabelLine,
  readCodebook,
  readLabels,
  resolveCode,
  writeCodebook,
  writeLabels,
} from '../../src/study/label/label-store.ts';
import { cohenKappa, estimateKappa, krippendorffAlpha } from '../../src/study/metrics/agreement.ts';
import { makeFolder } from './temporary.ts';

const none = undefined;

function label(name: string, start: number, end = start, confidence = 0.9): CodedLabel {
  return { class: name, start, visible: end, end, confidence, severity: 'medium', note: '' };
}

function reading(coder: string, id: string, labels: CodedLabel[], isDraft = false): LabelLine {
  return { source: 's', id, coder, steps: 10, labels, isDraft };
}

describe('agreement', () => {
  it("gives Cohen's kappa of the two-by-two example with 20, 5, 10 and 15 proposals: 0.4", () => {
    const pairs = [
      ...Array.from({ length: 20 }, () => [true, true] as const),
      ...Array.from({ length: 5 }, () => [true, false] as const),
      ...Array.from({ length: 10 }, () => [false, true] as const),
      ...Array.from({ length: 15 }, () => [false, false] as const),
    ];
    expect(cohenKappa(pairs)).toBeCloseTo(0.4, 10);
  });

  it("gives Krippendorff's alpha of his example with four coders and missing data (2011, section C): 0.743", () => {
    const units = [
      [1, 1, none, 1],
      [2, 2, 3, 2],
      [3, 3, 3, 3],
      [3, 3, 3, 3],
      [2, 2, 2, 2],
      [1, 2, 3, 4],
      [4, 4, 4, 4],
      [1, 1, 2, 1],
      [2, 2, 2, 2],
      [none, 5, 5, 5],
      [none, none, 1, 1],
      [none, 3, none, none],
    ];
    expect(krippendorffAlpha(units)).toBeCloseTo(0.743, 3);
  });

  it("gives Krippendorff's alpha of two coders and binary data (2011, section A): 0.095", () => {
    const first = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0];
    const second = [1, 1, 1, 0, 0, 1, 0, 0, 0, 0];
    expect(krippendorffAlpha(first.map((value, at) => [value, second[at]]))).toBeCloseTo(0.095, 3);
  });

  it('says nothing where nothing varies or nobody read the same', () => {
    expect(cohenKappa([])).toBeNull();
    expect(cohenKappa([[false, false]])).toBeNull();
    expect(krippendorffAlpha([[true], [none, false]])).toBeNull();
    expect(
      krippendorffAlpha([
        [1, 1],
        [1, 1],
      ]),
    ).toBeNull();
  });

  it('compares coders per class, over runs and steps, and counts neither drafts nor settled readings', () => {
    const lines = [
      reading('ana', 'a', [label('infinite-loop', 2, 5)]),
      reading('ben', 'a', [label('infinite-loop', 3, 5)]),
      reading('ana', 'b', []),
      reading('ben', 'b', []),
      reading('ana', 'c', [label('false-claim', 9)]),
      reading('ben', 'c', [label('false-claim', 9, 9, 0.3)]),
      reading('ana', 'd', []),
      reading('ben', 'd', [label('infinite-loop', 1)], true),
      reading('adjudicated', 'a', [label('infinite-loop', 2, 5)]),
    ];
    const report = computeAgreement(lines, []);
    expect(report).toMatchObject({ coders: ['ana', 'ben'], runs: 3, pair: ['ana', 'ben'] });
    const loops = report.classes.find((one) => one.class === 'infinite-loop')!;
    expect(loops).toMatchObject({ marked: 1, kappa: { value: 1, n: 3 } });
    expect(loops.stepAlpha.value).toBeLessThan(1);
    expect(report.classes.find((one) => one.class === 'false-claim')!.kappa.value).toBe(0);
    expect(writeAgreement(report)).toMatch(/infinite-loop +1 +1\.00/);
    expect(findDisagreements(lines, []).map((key) => JSON.parse(key)[2])).toEqual(['c']);
  });

  it('leaves resamples without any mark out of the interval of a rare class', () => {
    const pairs = [...Array.from({ length: 30 }, () => [false, false] as const), [true, false] as const];
    const { value, interval } = estimateKappa(pairs);
    expect(value).toBe(0);
    expect(interval![1]).toBe(0);
  });

  it('sees that one coder marked twice what the other marked once', () => {
    const lines = [
      reading('ana', 'a', [label('infinite-loop', 2), label('infinite-loop', 3)]),
      reading('ben', 'a', [label('infinite-loop', 2), label('false-claim', 8)]),
    ];
    expect(findDisagreements(lines, [])).toHaveLength(1);
  });

  it('counts merged codes as one', () => {
    const codes: Code[] = [
      { name: 'spinning', category: 'Open codes', summary: '', isOpen: true, mergedInto: 'infinite-loop' },
      { name: 'infinite-loop', category: 'Reasoning Problems', summary: '', isOpen: false },
    ];
    const lines = [reading('ana', 'a', [label('spinning', 2)]), reading('ben', 'a', [label('infinite-loop', 2)])];
    expect(computeAgreement(lines, codes).classes.map((one) => one.class)).toEqual(['infinite-loop']);
    expect(findDisagreements(lines, codes)).toEqual([]);
    expect(resolveCode(codes, 'spinning')).toBe('infinite-loop');
  });
});

describe('labels file', () => {
  it('keeps the last reading of each coder and run, and refuses a file of another kind', async () => {
    const path = join(await makeFolder('labels'), 'labels.jsonl');
    expect(readLabels(path)).toEqual([]);
    appendLabels(path, reading('ana', 'a', [label('false-claim', 1)], true), '2026-03-01T10:00:00Z');
    appendLabels(path, reading('ana', 'a', [label('infinite-loop', 2)]), '2026-03-01T10:05:00Z');
    appendLabels(path, reading('ben', 'a', []), '2026-03-01T10:06:00Z');
    const lines = readLabels(path);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatchObject({ coder: 'ana', isDraft: false, labels: [{ class: 'infinite-loop' }] });
    await writeFile(path, 'hello\n');
    expect(() => readLabels(path)).toThrow(/labels.jsonl:1 is not a line of labels/);
  });

  it('exports the settled reading, else the only one, and says which runs are open', async () => {
    const lines = [
      reading('ana', 'a', [label('false-claim', 1)]),
      reading('ben', 'a', []),
      reading('adjudicated', 'a', [label('infinite-loop', 2)]),
      reading('ana', 'b', []),
      reading('ana', 'c', []),
      reading('ben', 'c', [label('false-claim', 1)]),
    ];
    const { chosen, open } = chooseReadings(lines);
    expect(chosen.map((line) => [line.id, line.coder])).toEqual([
      ['a', 'adjudicated'],
      ['b', 'ana'],
    ]);
    expect(open.map((line) => line.id)).toEqual(['c']);
    const path = join(await makeFolder('labels'), 'out.jsonl');
    await writeLabels(path, chosen, '2026-03-01T10:00:00Z');
    const first = JSON.parse((await readFile(path, 'utf8')).split('\n')[0]!);
    expect(first).toMatchObject({
      source: 's',
      id: 'a',
      labels: {
        misbehaviours: [{ class: 'infinite-loop', start: 2, visible: 2, end: 2, confidence: 0.9, severity: 'medium' }],
      },
    });
  });

  it('keeps open codes beside the labels', async () => {
    const path = join(await makeFolder('labels'), 'codebook.json');
    const codes = readCodebook(path);
    expect(codes.map((code) => code.name)).toContain('infinite-loop');
    await writeCodebook(path, [
      ...codes,
      { name: 'gold-plating', category: 'Open codes', summary: 'Adds polish.', isOpen: true },
    ]);
    expect(readCodebook(path).at(-1)).toEqual({
      name: 'gold-plating',
      category: 'Open codes',
      summary: 'Adds polish.',
      isOpen: true,
    });
    expect(readCodebook(path)).toHaveLength(codes.length + 1);
    await writeFile(path, '{');
    expect(() => readCodebook(path)).toThrow(/is not a codebook/);
  });
});
