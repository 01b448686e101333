import { describe, expect, it } from 'vitest';
import { createChant, createChantWatch } from '../../../src/observer/detectors/loops/chant.ts';
import { createMonologue } from '../../../src/observer/detectors/loops/monologue.ts';
import { createStreamGuard } from '../../../src/observer/guards/stream-guard.ts';
import { firedAt, settings, shell, steps } from './steps.ts';

describe('monologue', () => {
  const make = () => createMonologue(settings.monologue);

  it('speaks at the third message that says the same and does nothing', () => {
    expect(firedAt(make(), steps('Let me think. 1', 'Let me  think. 2', 'let me think. 3', 'Let me think. 4'))).toEqual(
      [2],
    );
  });

  it('lets different thoughts follow each other', () => {
    expect(firedAt(make(), steps('First the schema.', 'Then the rows.', 'Last the index.', 'Now the fix.'))).toEqual(
      [],
    );
  });

  it('is silent when something is done in between, or the user speaks', () => {
    expect(firedAt(make(), steps('I look.', shell('ls'), 'I look.', shell('ls'), 'I look.'))).toEqual([]);
    const run = steps('I look.', 'I look.', 'I look.').map((step) => ({ ...step, userTexts: ['go on'] }));
    expect(firedAt(make(), run)).toEqual([]);
  });
});

describe('chant', () => {
  const make = () => createChant(settings.chant);
  const line = 'I will be on time today, I say.\n';

  it.each([
    [`Write this line 200 times: ${line}`, line, []],
    ['Repeat "ha ha, very funny" as often as you can.', 'ha ha, very funny ', []],
    ['I need a file of 300 identical rows for a load test.', 'Good morning to you all, dear friends.\n', []],
    ['Schreibe 200 mal: Ich komme morgen ganz sicher rechtzeitig.', 'Ich komme morgen ganz sicher rechtzeitig.\n', []],
    ['Fix the parser.', line, [0]],
    ['Fix the parser; it fails 3 times of 10.', 'the parser is fixed now, and ', [0]],
    ['The same test fails 12 times of 40. Each of the 12 lines is wrong.', line, [0]],
    ['Rename getUser in all 40 files.', 'I rename getUser now and then go on. ', [0]],
  ])('asked %j, it takes what was asked for as no chant', (words, unit, found) => {
    const run = steps(unit.repeat(150)).map((step) => ({ ...step, userTexts: [words] }));
    expect(firedAt(make(), run)).toEqual(found);
    const guard = createStreamGuard({});
    guard.readWords(words);
    const isCut = Array.from({ length: 400 }, () => guard.push(unit)).includes(true);
    expect(isCut).toBe(found.length > 0);
  });
  const passage = 'Wait, I should look at the parser once more before I go on. ';

  it('speaks when one message says a passage over and over', () => {
    expect(firedAt(make(), steps(`I will fix it. ${passage.repeat(12)}`))).toEqual([0]);
  });

  it('finds a chant that ended before the message did', () => {
    expect(
      firedAt(
        make(),
        steps(`${passage.repeat(40)}${'And now for something new, at some length. '.replace(/ /g, ' x')}`),
      ),
    ).toEqual([0]);
  });

  it('leaves tables, rules and lists of numbers alone', () => {
    expect(
      firedAt(make(), steps(`| --- | --- |\n`.repeat(60), `${'='.repeat(900)}`, '0 1 1 0 1 0 '.repeat(80))),
    ).toEqual([]);
  });

  it('leaves long text without repetition alone', () => {
    const prose = Array.from({ length: 300 }, (_, n) => `Sentence number ${n} says something of its own.`).join(' ');
    expect(firedAt(make(), steps(prose))).toEqual([]);
  });

  it('cuts a stream while it chants, and forgets at the next answer', () => {
    const watch = createChantWatch(settings.chant);
    const pieces = passage.repeat(20).match(/.{1,7}/gs) ?? [];
    expect(pieces.some((piece) => watch.push(piece))).toBe(true);
    watch.reset();
    expect(watch.push(passage)).toBe(false);
  });
});
