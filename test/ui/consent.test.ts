import { describe, expect, it } from 'vitest';
import { createConsent, enterPauseMs, freshMs, typingMs } from '../../src/ui/input/consent.ts';
import { createKeyParser, press } from '../../src/ui/input/key-parser.ts';
import { againMs } from '../../src/ui/input/pauses/early-answers.ts';
import { enterHoldMs, holdMs, letterHoldMs } from '../../src/ui/input/pauses/held-answer.ts';
import type { PanelQuestion } from '../../src/ui/panels/panel.ts';
import { agentQuestion } from '../../src/ui/panels/question/agent-question.tsx';
import { createChoice } from '../../src/ui/panels/question/choice.tsx';

/** A question and a composer with a clock of their own. */
function stand() {
  let at = 10_000;
  let modes = 0;
  let timers: { due: number; call: () => void }[] = [];
  const answers: string[] = [];
  const opened: string[] = [];
  let draft = '';
  let isCommanding = false;
  const option = (label: string, keys: string[], initial?: string) => ({
    label,
    keys,
    ...(initial === undefined ? {} : { input: { prompt: '', initial } }),
    answer: (words: string) => (initial === undefined ? label : `${label} ${words}`),
  });
  const ask = () =>
    createChoice<string>(
      {
        title: 'Allow?',
        body: undefined,
        options: [
          { ...option('yes', ['y']), allows: true },
          { ...option('always', ['a'], 'edit(src/**)'), allows: true },
          option('no', ['n'], ''),
        ],
        onEscape: () => answers.push('stop'),
        escapeMeans: 'stops',
        openAll: () => opened.push('all'),
      },
      (answer) => {
        answers.push(answer);
        question = undefined;
      },
      () => undefined,
    );
  /** The agent asks, with answers to choose from. */
  const askWords = (isMultiple: boolean) => {
    const asked = { question: 'Which?', options: [{ label: 'this' }, { label: 'that' }], isMultiple };
    const put = { callId: '', index: 0, question: asked, all: [asked], given: [] };
    const about = agentQuestion(put, { marked: new Set(), lines: new Map() }, false);
    return createChoice(
      { ...about, onEscape: () => answers.push('stop'), escapeMeans: 'stops' },
      (answer) => {
        answers.push(answer.kind === 'words' ? answer.words : answer.kind);
        question = undefined;
      },
      () => undefined,
    );
  };
  let question: PanelQuestion | undefined;
  const consent = createConsent({
    now: () => at,
    question: () => question,
    draft: () => draft,
    dropDraft: () => {
      draft = '';
    },
    isCovered: () => false,
    takesLetters: () => isCommanding,
    isCompleting: () => false,
    toComposer: (key) => {
      if (key.type === 'key' && key.name === 'tab' && key.isShift) modes += 1;
      else if (key.type === 'key' && key.text !== '') draft += key.text;
      else if (key.type === 'key' && key.name === 'return') draft = '';
      else if (key.type === 'paste') draft += key.text;
    },
    later: (ms, call) => {
      const timer = { due: at + ms, call };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    repaint: () => undefined,
  });
  const parser = createKeyParser();
  const pass = (ms: number) => {
    at += ms;
    const due = timers.filter((timer) => timer.due <= at);
    timers = timers.filter((timer) => timer.due > at);
    for (const { call } of due) call();
    consent.state();
  };
  return {
    press: (keys: string) => {
      for (const key of parser.push(keys)) consent.press(key);
    },
    /** Enter, and nothing behind it. */
    enter: () => {
      for (const key of parser.push('\r')) consent.press(key);
      pass(enterHoldMs);
    },
    /** Text came with a line break, and is held back. */
    holdBack: consent.takeBackEnter,
    /** An Enter that was held back for a moment, since it came at once with text. */
    enterAtOnce: () => consent.press({ ...press('return'), isAtOnce: true }),
    passToPanel: (keys: string) => {
      for (const key of parser.push(keys)) consent.pass(key);
    },
    type: (words: string, msEach: number) => {
      for (const letter of words) {
        for (const key of parser.push(letter)) consent.press(key);
        pass(msEach);
      }
    },
    pass,
    /** The program stands still; what was typed meanwhile is read before anything that is due. */
    stall: (ms: number) => {
      at += ms;
    },
    ask: () => {
      question = ask();
      consent.state();
    },
    askWords: (isMultiple = false) => {
      question = askWords(isMultiple);
      consent.state();
    },
    wait: consent.wait,
    inNormalMode: () => {
      isCommanding = true;
    },
    isActive: () => consent.state() !== 'waits',
    hasMissed: () => consent.state() === 'asks again',
    state: consent.state,
    unsaid: () => question?.unsaid?.(),
    answers,
    opened,
    draft: () => draft,
    /** How often Shift+Tab reached the composer, where it changes the mode. */
    modes: () => modes,
  };
}

describe('keys that were meant for the composer never answer', () => {
  it.each(['hey please wait', 'yes but first read it', 'a moment', 'no', '1. read', 'e', 'maybe one'])(
    '"%s" typed across the appearance of a question stays in the composer',
    (words) => {
      for (const msEach of [20, 150, 400, 650])
        for (let appearsAt = 0; appearsAt <= words.length; appearsAt++) {
          const screen = stand();
          screen.type(words.slice(0, appearsAt), msEach);
          screen.ask();
          screen.type(words.slice(appearsAt), msEach);
          if (words.length - appearsAt > 1 || appearsAt > 0) expect(screen.draft()).toBe(words);
          if (appearsAt < words.length) screen.pass(0);
          if (appearsAt > 0 || words.length > 1) expect(screen.answers).toEqual([]);
        }
    },
  );

  it('a word whose first letter is an answer is a word, however long the question has stood', () => {
    const screen = stand();
    screen.ask();
    screen.pass(60_000);
    screen.type('you should read it first', 300);
    screen.pass(5_000);
    expect(screen.answers).toEqual([]);
    expect(screen.draft()).toBe('you should read it first');
  });

  it('Ctrl+O shows all of what is asked about from the first moment on: it answers nothing', () => {
    const screen = stand();
    screen.ask();
    screen.press('\u000f');
    expect(screen.opened).toEqual(['all']);
    expect(screen.answers).toEqual([]);
  });

  it('a word that begins like an answer leaves the mark where it was', () => {
    const screen = stand();
    screen.ask();
    screen.pass(5_000);
    screen.type('another thing', 80);
    screen.enter();
    screen.pass(typingMs);
    screen.pass(5_000);
    screen.enter();
    expect(screen.answers).toEqual(['yes']);
  });

  it('a question waits as long as a draft stands, and Enter sends the draft', () => {
    const screen = stand();
    screen.type('wait', 100);
    screen.ask();
    screen.pass(60_000);
    expect(screen.isActive()).toBe(false);
    screen.enter();
    expect(screen.draft()).toBe('');
    expect(screen.answers).toEqual([]);
    screen.pass(typingMs);
    expect(screen.isActive()).toBe(true);
  });

  it('Enter on a fresh question does nothing', () => {
    const screen = stand();
    screen.ask();
    screen.pass(freshMs - 1);
    screen.enter();
    expect(screen.answers).toEqual([]);
    screen.pass(enterPauseMs);
    screen.enter();
    expect(screen.answers).toEqual(['yes']);
  });

  it.each(['\u001b[A', '\u001b[D', '\u001b[H', '\t', '\u0010'])(
    'a key that a fresh question drops makes it fresh again, so the Enter behind it is no answer: %j',
    (key) => {
      const screen = stand();
      screen.ask();
      screen.pass(freshMs - 10);
      screen.press(key);
      screen.pass(freshMs - 10);
      screen.enter();
      screen.pass(5_000);
      expect(screen.answers).toEqual([]);
    },
  );

  it.each(['y', '1', '\r', '\u001b[121u'])(
    'a key that was typed before a question could be seen is no answer, however late it is read: %j',
    (key) => {
      const screen = stand();
      screen.ask();
      screen.stall(2_000);
      screen.press(key);
      screen.pass(0);
      screen.pass(holdMs);
      expect(screen.answers).toEqual([]);
      screen.pass(5_000);
      expect(screen.answers).toEqual([]);
    },
  );

  it('the next question is fresh again', () => {
    const screen = stand();
    screen.ask();
    screen.pass(1_000);
    screen.enter();
    screen.ask();
    screen.enter();
    screen.enter();
    expect(screen.answers).toEqual(['yes']);
  });

  it.each([250, 500, 660, 1_000])(
    'Enter held down through a question answers none of the next ones: repeats after %i ms',
    (delay) => {
      const screen = stand();
      screen.ask();
      screen.pass(5_000);
      screen.enter();
      screen.pass(20);
      screen.ask();
      screen.pass(delay - 20);
      for (let repeats = 0; repeats < 100; repeats++) {
        screen.enter();
        screen.pass(30);
      }
      expect(screen.answers).toEqual(['yes']);
      screen.pass(enterPauseMs);
      screen.enter();
      expect(screen.answers).toEqual(['yes', 'yes']);
    },
  );

  it('who presses Enter again and again is told that it came too soon, and answers with the second that is no held key', () => {
    const screen = stand();
    screen.enter();
    screen.pass(300);
    screen.ask();
    screen.pass(600);
    screen.enter();
    expect([screen.answers, screen.hasMissed()]).toEqual([[], true]);
    screen.pass(900);
    screen.enter();
    expect([screen.answers, screen.hasMissed()]).toEqual([['yes'], false]);
    // One that is held down through the next question as well has begun to repeat.
    screen.ask();
    screen.pass(500);
    screen.enter();
    screen.pass(500);
    screen.enter();
    expect(screen.answers).toEqual(['yes']);
    screen.pass(3_000);
    expect(screen.hasMissed()).toBe(false);
  });

  it('Enter held down in a list or a field answers no question, and is an answer again after another key', () => {
    const screen = stand();
    screen.passToPanel('\r');
    screen.ask();
    screen.pass(660);
    screen.enter();
    expect(screen.answers).toEqual([]);
    screen.press('\u001b[B');
    screen.press('\u001b[A');
    screen.enter();
    expect(screen.answers).toEqual(['yes']);
    screen.ask();
    screen.pass(5_000);
    screen.press('3');
    screen.pass(holdMs);
    screen.press('no');
    screen.enter();
    screen.ask();
    screen.pass(660);
    screen.enter();
    expect(screen.answers).toEqual(['yes', 'no no']);
  });

  it.each([
    ['typed', (screen: ReturnType<typeof stand>) => screen.type('no, use pnpm', 30)],
    ['pasted', (screen: ReturnType<typeof stand>) => screen.press('\u001b[200~no, use pnpm\u001b[201~')],
    ['pasted without marks', (screen: ReturnType<typeof stand>) => screen.press('no, use pnpm')],
  ])('a refusal in words that is %s is whole in the composer, and answers nothing', (_, write) => {
    const screen = stand();
    screen.ask();
    screen.pass(5_000);
    write(screen);
    expect(screen.draft()).toBe('no, use pnpm');
    screen.enter();
    screen.pass(5_000);
    expect([screen.answers, screen.draft(), screen.isActive()]).toEqual([[], '', true]);
  });

  it('a letter or digit with Enter in one piece, as a terminal without bracketed paste gives it, is for the composer', () => {
    for (const keys of ['y\r', '1\r2\r']) {
      const screen = stand();
      screen.ask();
      screen.pass(1_000);
      screen.press(keys);
      screen.pass(5_000);
      expect(screen.answers).toEqual([]);
    }
    const screen = stand();
    screen.ask();
    screen.pass(1_000);
    screen.type('y', 80);
    screen.enterAtOnce();
    screen.pass(5_000);
    expect(screen.answers).toEqual([]);
  });

  it.each([
    ['words', ['\r', 'foo'], 'foo'],
    ['a paste', ['\r', '\u001b[200~foo\u001b[201~'], 'foo'],
    ['another Enter', ['\r', '\r'], ''],
    ['an indented line', ['\r', '\t', 'foo'], 'foo'],
    ['words, and a digit before it', ['1', '\r', 'foo'], '1\nfoo'],
  ])('an Enter that is the line break of a paste is no answer: behind it %s', (_, pieces, draft) => {
    const screen = stand();
    screen.ask();
    screen.pass(2_000);
    for (const piece of pieces) {
      screen.press(piece);
      screen.pass(enterHoldMs - 40);
    }
    expect([screen.answers, screen.isActive()]).toEqual([[], false]);
    screen.pass(5_000);
    expect([screen.answers, screen.draft()]).toEqual([[], draft]);
  });

  it('an Enter is no answer either when the text behind it is held back for longer', () => {
    for (const [keys, draft] of [
      ['\r', 'foo'],
      ['1\r', '1\nfoo'],
    ] as const) {
      const screen = stand();
      screen.ask();
      screen.pass(2_000);
      screen.type(keys, enterHoldMs - 40);
      screen.holdBack();
      screen.pass(500);
      expect([screen.answers, screen.isActive()]).toEqual([[], false]);
      screen.press('foo');
      screen.pass(5_000);
      expect([screen.answers, screen.draft()]).toEqual([[], draft]);
    }
  });

  it('an Enter that is the line break of a paste gives no words of a field: what is behind it is written there', () => {
    const screen = stand();
    screen.ask();
    screen.pass(2_000);
    screen.press('\t');
    screen.pass(1_000);
    screen.press('\r');
    screen.pass(enterHoldMs - 40);
    screen.press('!');
    screen.pass(5_000);
    expect(screen.answers).toEqual([]);
    screen.enter();
    expect(screen.answers).toEqual(['always edit(src/**)!']);
  });

  it.each([8, 20])('a digit and Enter %i ms behind it are one piece, and no answer', (gap) => {
    const screen = stand();
    screen.ask();
    screen.pass(2_000);
    screen.type('1', gap);
    screen.enter();
    screen.pass(5_000);
    expect(screen.answers).toEqual([]);
  });

  it('a key that takes an Enter back at once leaves the question as it is', () => {
    const screen = stand();
    screen.ask();
    screen.pass(2_000);
    screen.press('\r');
    screen.pass(40);
    screen.press('\u001b[B');
    screen.pass(5_000);
    expect([screen.answers, screen.state()]).toEqual([[], 'asks']);
  });

  it("letters are commands in vim's normal mode; digits and Enter answer there", () => {
    const screen = stand();
    screen.inNormalMode();
    screen.ask();
    for (const [key, answers] of [
      ['a', []],
      ['y', []],
      ['\r', []],
    ] as const) {
      screen.press(key);
      screen.pass(1_500);
      expect(screen.answers).toEqual(answers);
    }
    screen.pass(5_000);
    screen.press('1');
    screen.pass(1_500);
    expect(screen.answers).toEqual(['yes']);
  });

  it.each([
    ['y', letterHoldMs],
    ['1', holdMs],
  ])('"%s" answers when nothing follows it for %i ms, and the question says so meanwhile', (key, ms) => {
    const screen = stand();
    screen.ask();
    screen.pass(1_000);
    screen.press(key);
    screen.pass(ms - 1);
    expect([screen.answers, screen.state()]).toEqual([[], 'holds an answer']);
    screen.pass(1);
    expect(screen.answers).toEqual(['yes']);
  });

  it.each(['\u007f', '\u001b[B', '\u001b[Z'])('a letter is taken back by the next key: %j', (key) => {
    const screen = stand();
    screen.ask();
    screen.pass(1_000);
    screen.press('y');
    screen.pass(500);
    screen.press(key);
    screen.pass(5_000);
    expect([screen.answers, screen.draft(), screen.state()]).toEqual([[], '', 'asks']);
  });

  it.each([
    ['Alt+Y', '\u001by'],
    ['Alt+1', '\u001b1'],
    ['Alt+Enter', '\u001b\r'],
    ['Shift+Enter', '\u001b[13;2u'],
    ['Ctrl+Enter', '\u001b[13;5u'],
    ['Alt+Y, kitty', '\u001b[121;3u'],
    ['Super+Y', '\u001b[121;9u'],
    ['Super+1', '\u001b[49;9u'],
    ['Hyper+Enter', '\u001b[13;17u'],
    ['Meta+Y', '\u001b[121;33u'],
  ])('%s never answers', (_, keys) => {
    const screen = stand();
    screen.ask();
    screen.pass(5_000);
    screen.press(keys);
    screen.pass(5_000);
    expect(screen.answers).toEqual([]);
  });

  it('who comes back from the shell has a fresh question before them', () => {
    const screen = stand();
    screen.ask();
    screen.pass(5_000);
    screen.wait();
    screen.pass(400);
    screen.enter();
    screen.pass(typingMs);
    screen.enter();
    expect(screen.answers).toEqual([]);
    screen.pass(enterPauseMs);
    screen.enter();
    expect(screen.answers).toEqual(['yes']);
  });

  it('neither Tab nor Shift+Tab nor a paste ever answers', () => {
    const screen = stand();
    screen.ask();
    screen.pass(1_000);
    screen.press('\t\u001b[Z\t');
    screen.press('\u001b[200~y\n1\n\u001b[201~');
    screen.pass(5_000);
    expect(screen.answers).toEqual([]);
  });

  it('Enter right behind the Tab that opened the field of a rule grants nothing, and says so', () => {
    const screen = stand();
    screen.ask();
    screen.pass(1_000);
    screen.press('\t');
    screen.pass(200);
    screen.press('\t\r');
    expect([screen.answers, screen.hasMissed()]).toEqual([[], true]);
    screen.pass(enterPauseMs);
    screen.enter();
    expect(screen.answers).toEqual(['always edit(src/**)']);
    // Of what was written in it there is no doubt.
    screen.ask();
    screen.pass(5_000);
    screen.press('\t');
    screen.pass(100);
    screen.type('!', 100);
    screen.enter();
    expect(screen.answers).toEqual(['always edit(src/**)', 'always edit(src/**)!']);
    // However long the program stood still behind the Tab.
    screen.ask();
    screen.pass(5_000);
    screen.press('\t');
    screen.stall(3_000);
    screen.enter();
    expect([screen.answers.length, screen.hasMissed()]).toEqual([2, true]);
  });

  it('the key that gave the last answer, pressed too soon for the next one, is left out, and said to be too soon', () => {
    const screen = stand();
    const answered = () => {
      screen.press('1');
      screen.pass(holdMs);
    };
    screen.ask();
    screen.pass(1_000);
    answered();
    screen.ask();
    screen.pass(300);
    screen.press('1');
    expect([screen.answers, screen.draft(), screen.hasMissed()]).toEqual([['yes'], '', true]);
    screen.pass(500);
    screen.press('1');
    screen.enter();
    screen.pass(holdMs);
    expect([screen.answers, screen.draft()]).toEqual([['yes'], '']);
    answered();
    expect([screen.answers, screen.draft()]).toEqual([['yes', 'yes'], '']);
    // Twice at a question that takes answers.
    screen.ask();
    screen.pass(1_000);
    screen.press('1');
    screen.pass(300);
    answered();
    expect([screen.answers.length, screen.draft()]).toEqual([2, '']);
  });

  it.each(['1. read it', '11 files', 'n1'])('"%s" is whole in the composer, also behind an answer by 1', (words) => {
    const screen = stand();
    screen.ask();
    screen.pass(1_000);
    screen.press('1');
    screen.pass(holdMs);
    screen.ask();
    screen.pass(100);
    screen.type(words, 300);
    screen.pass(5_000);
    expect([screen.answers, screen.draft()]).toEqual([['yes'], words]);
  });

  it('the key that gave the last answer, pressed before the next question is up, is left out of the composer once it is, and answers nothing', () => {
    const screen = stand();
    screen.ask();
    screen.pass(1_000);
    screen.type('1', holdMs);
    screen.type('11', 1_200);
    expect([screen.answers, screen.draft()]).toEqual([['yes'], '11']);
    screen.ask();
    expect([screen.draft(), screen.hasMissed(), screen.isActive()]).toEqual(['', true, true]);
    screen.pass(5_000);
    expect(screen.answers).toEqual(['yes']);
    screen.type('1', holdMs);
    expect([screen.answers, screen.draft()]).toEqual([['yes', 'yes'], '']);
  });

  it.each([
    ['1. read it', 2],
    ['1. read it', 1],
    ['11 files', 2],
    ['2', 1],
    ['1 ', 2],
  ])(
    '"%s" is whole in the composer when a question comes behind %i of its letters, also behind an answer by 1',
    (words, letters) => {
      const screen = stand();
      screen.ask();
      screen.pass(1_000);
      screen.type('1', holdMs);
      screen.type(words.slice(0, letters), 300);
      screen.ask();
      screen.type(words.slice(letters), 300);
      screen.pass(5_000);
      expect([screen.answers, screen.draft()]).toEqual([['yes'], words]);
    },
  );

  it('what was written long before the question stays, be it the key of the last answer', () => {
    const screen = stand();
    screen.ask();
    screen.pass(1_000);
    screen.type('1', holdMs);
    screen.type('1', againMs);
    screen.ask();
    screen.pass(5_000);
    expect([screen.answers, screen.draft(), screen.isActive()]).toEqual([['yes'], '1', false]);
  });

  it('words for an answer wait in their field until they are given; a rule that was changed is no words', () => {
    const screen = stand();
    const esc = '\u001b[27u';
    screen.ask();
    screen.pass(1_000);
    screen.press('3');
    screen.pass(holdMs);
    screen.press(`not this${esc}\u001b[A\tshell(**)${esc}`);
    expect(screen.unsaid()).toBe('not this');
    screen.press('3');
    screen.pass(holdMs);
    expect(screen.answers).toEqual([]);
    screen.press('!');
    screen.enter();
    expect(screen.answers).toEqual(['no not this!']);
  });

  it.each(['because of this', '1.5 would do', 'no', '  it depends'])(
    '"%s" typed at a question of the agent is an answer in words, and Enter gives it',
    (words) => {
      const screen = stand();
      screen.askWords();
      screen.pass(1_000);
      screen.type(words, 300);
      expect(screen.draft()).toBe('');
      screen.pass(5_000);
      screen.enter();
      expect(screen.answers).toEqual([words.trim()]);
    },
  );

  it('what is typed across the appearance of a question of the agent, a command, and a key in its first moment are the composer’s', () => {
    const screen = stand();
    screen.type('so', 300);
    screen.askWords();
    screen.type(' be it', 300);
    expect(screen.draft()).toBe('so be it');
    screen.enter();
    screen.pass(1_000);
    screen.type('/cost', 100);
    expect(screen.draft()).toBe('/cost');
    screen.enter();
    screen.askWords();
    screen.pass(typingMs + freshMs - 100);
    screen.type('hm', 50);
    expect(screen.draft()).toBe('hm');
    expect(screen.answers).toEqual([]);
  });

  it('of several answers Space and numbers mark some, and Enter gives those, or marks the first; own words are added', () => {
    const screen = stand();
    screen.askWords(true);
    screen.press(' ');
    screen.pass(1_000);
    screen.press(' \u001b[B ');
    screen.pass(1_000);
    screen.enter();
    expect(screen.answers).toEqual(['this, that']);
    screen.askWords(true);
    screen.pass(1_000);
    screen.press('\u001b[B\r');
    expect(screen.answers).toHaveLength(1);
    screen.pass(enterPauseMs);
    screen.enter();
    expect(screen.answers.slice(1)).toEqual(['that']);
    screen.askWords(true);
    screen.pass(1_000);
    screen.type('1', holdMs);
    screen.type('and more', 100);
    screen.pass(enterPauseMs);
    screen.enter();
    expect(screen.answers.slice(2)).toEqual(['this, and more']);
  });

  it('of several answers numbers mark at once, also in a row, and are no words', () => {
    const screen = stand();
    screen.askWords(true);
    screen.pass(1_000);
    screen.type('12', 50);
    screen.enter();
    expect(screen.answers).toEqual(['this, that']);
    // The number that gives the answer waits; a mark takes it back.
    screen.askWords(true);
    screen.pass(1_000);
    screen.type('1232', 100);
    screen.pass(enterPauseMs);
    screen.enter();
    expect(screen.answers.slice(1)).toEqual(['this']);
    screen.askWords(true);
    screen.pass(1_000);
    screen.type('13', holdMs);
    expect(screen.answers.slice(2)).toEqual(['this']);
  });

  it('of several answers a number or Space that words follow is the beginning of them', () => {
    const screen = stand();
    for (const words of ['2 more 1s', '1 and 3, not on mac', '1,2']) {
      screen.askWords(true);
      screen.pass(1_000);
      screen.type(words, 120);
      screen.pass(enterPauseMs);
      screen.enter();
      expect(screen.answers.at(-1)).toBe(words);
    }
  });

  it('marks that come in one piece with Enter are no answer', () => {
    const screen = stand();
    screen.askWords(true);
    screen.pass(2_000);
    screen.type('12', 0);
    screen.enter();
    screen.pass(5_000);
    expect([screen.answers, screen.draft()]).toEqual([[], '']);
    screen.enter();
    expect(screen.answers).toEqual(['this, that']);
  });

  it('Shift+Tab changes the approval mode beside a question, but not from a field of it', () => {
    const screen = stand();
    screen.ask();
    screen.pass(1_000);
    screen.press('\u001b[Z');
    expect(screen.modes()).toBe(1);
    screen.press('3');
    screen.pass(holdMs);
    screen.press('no\u001b[Z');
    expect(screen.modes()).toBe(1);
    screen.enter();
    expect(screen.answers).toEqual(['no no']);
  });

  it('Tab gives a waiting question the keys and leaves the draft, with which Enter is no answer', () => {
    const screen = stand();
    screen.type('a draft', 50);
    screen.ask();
    screen.press('\t');
    expect(screen.isActive()).toBe(true);
    screen.enter();
    expect(screen.answers).toEqual([]);
    screen.pass(enterPauseMs);
    screen.press('\r\t\r');
    screen.pass(enterPauseMs);
    screen.enter();
    expect(screen.answers).toEqual([]);
    screen.press('1');
    screen.pass(holdMs);
    expect(screen.answers).toEqual(['yes']);
    expect(screen.draft()).toBe('a draft');
  });
});
