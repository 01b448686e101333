import type { PanelQuestion, QuestionState } from '../panels/panel.ts';
import { keyName, type Press, type TerminalKey } from './key-parser.ts';
import type { LineInput } from './line-input.ts';
import { createPause, type Later } from './pauses/call-later.ts';
import { createEarlyAnswers } from './pauses/early-answers.ts';
import { followHeldEnter } from './pauses/follow-held-enter.ts';
import { createFreshField } from './pauses/fresh-field.ts';
import { holdAnswers, holdMs } from './pauses/held-answer.ts';
import { createRecentMarks } from './pauses/recent-marks.ts';
import { breaksOff, isDigit, isTyping } from './pauses/typed-keys.ts';

/** Someone who pressed a key less than this ago is typing. */
export const typingMs = 700;

/** Nothing answers a question that has had the keys for less than this. */
export const freshMs = 400;

/**
 * A key may have been typed long before it is read, while the program stood still or was busy. So a question is only taken for seen once it has
 * had the keys for this long and everything that was typed until then is read; a little less than `freshMs`, since that is found out late.
 */
export const seenMs = 300;

/**
 * Enter answers only when none came for this long before it, or another key since: one that is held down through a question would answer the
 * next. Keyboards begin to repeat after 250 ms to a second.
 */
export const enterPauseMs = 1_100;

/** How long the question says that a key came too soon. */
const missedMs = 2_000;

/** Two keys that come closer than this were in one piece: nobody presses so fast. */
const pieceMs = 25;

export type ConsentParts = {
  readonly now: () => number;
  /** The open question, if any. */
  readonly question: () => PanelQuestion | undefined;
  /** What is written in the composer. */
  readonly draft: () => string;
  /** Empties the composer. */
  readonly dropDraft: () => void;
  /** A page or a list has the keys. */
  readonly isCovered: () => boolean;
  /** A letter is a command of the composer (vim's normal mode), and so no answer. */
  readonly takesLetters?: () => boolean;
  /** The composer offers something that Tab would take. */
  readonly isCompleting: () => boolean;
  readonly toComposer: (key: TerminalKey) => void;
  readonly later: Later;
  readonly repaint: () => void;
};

/**
 * Who gets a key while the session asks something. The rule: keys that were meant for the composer never answer. A question waits
 * while someone is typing or has a draft; it takes no answer for a moment after it got the keys; and a letter answers only when no
 * word follows it.
 */
export type Consent = {
  readonly press: (key: TerminalKey) => void;
  /** Text came that may be a paste, and is not read yet: an Enter just before it was a line break of it. */
  readonly takeBackEnter: () => void;
  /** A page or a list had this key. */
  readonly pass: (key: TerminalKey) => void;
  /** The person was away and is back: a question waits as if they were typing, and is fresh again. */
  readonly wait: () => void;
  /** Who has the keys while something is asked; looks at the clock, so ask when something is drawn. */
  readonly state: () => QuestionState;
  /** Milliseconds until a waiting question may get the keys; undefined when no time alone will give them. */
  readonly dueIn: () => number | undefined;
};

/** Keys that mean the same with and without a question. */
const always = new Set(['shift+tab', 'ctrl+c', 'ctrl+d', 'ctrl+z', 'ctrl+l', 'alt+t']);

export function createConsent(parts: ConsentParts): Consent {
  const { now } = parts;
  let typedAt = Number.NEGATIVE_INFINITY;
  let asked: PanelQuestion | undefined;
  let activeAt: number | undefined;
  /** The time `activeAt` of a question that is taken for seen. */
  let seenSince: number | undefined;
  const marks = createRecentMarks(now, typingMs);
  /** The question says that it left a key out. */
  const missed = createPause(parts.later, missedMs, parts.repaint);
  const isRepeat = followHeldEnter(parts.later, enterPauseMs);
  const freshField = createFreshField(parts.later);
  const early = createEarlyAnswers(parts.later, holdMs);

  const hasDraft = () => parts.draft() !== '';
  const follow = () => {
    const question = parts.question();
    if (question !== asked) {
      asked = question;
      activeAt = undefined;
      held.take();
      if (asked && !parts.isCovered() && early.leaveOut(parts.draft())) {
        parts.dropDraft();
        activate();
        missed.begin();
      }
    }
    if (asked && parts.isCovered()) activeAt = undefined;
    else if (asked && activeAt === undefined && !hasDraft() && now() - typedAt >= typingMs) activate();
    return asked;
  };
  const activate = () => {
    const since = now();
    activeAt = since;
    parts.later(seenMs, () => {
      if (activeAt === since) seenSince = since;
    });
  };
  const isFreshSince = (since: number) => seenSince !== since || now() - since < freshMs;
  const miss = () => {
    missed.begin();
    parts.repaint();
  };
  /** The question waits: someone is typing. */
  const letWait = () => {
    typedAt = now();
    activeAt = undefined;
  };
  const compose = (key: TerminalKey) => {
    if (isTyping(key)) letWait();
    const before = early.take();
    if (key.type === 'paste' || (key.type === 'key' && key.text !== ''))
      for (const one of before) parts.toComposer(one);
    if (asked === undefined) early.write(key, parts.draft());
    parts.toComposer(key);
    parts.repaint();
  };
  const answer = (question: PanelQuestion, key: TerminalKey) => {
    freshField.press(question, key);
    if (parts.question() !== question) early.note(key);
  };
  const held = holdAnswers(parts, (question, key) => {
    if (parts.question() === question) answer(question, key);
  });
  /** The Enter before was a line break of a paste, and the question waits as if someone were typing. */
  const composePaste = (before: Press, key?: TerminalKey) => {
    letWait();
    const isBreak = key?.type === 'key' && key.text === '';
    if (before.text !== '' && !isBreak) [before, { type: 'paste', text: '\n' } as const].forEach(compose);
    if (key && !isBreak) compose(key);
    parts.repaint();
  };
  const pressActive = (question: PanelQuestion, key: TerminalKey, since: number, isHeldDown: boolean) => {
    const before = held.take();
    const field = question.field?.();
    if (before?.isEntered && breaksOff(key) && !field) return composePaste(before.key, key);
    const first = before?.isEntered ? undefined : before?.key;
    const marked = marks.take();
    const lastAt = first ? before?.at : marked.at;
    const isOnePiece =
      lastAt !== undefined && (now() - lastAt < pieceMs || (key.type === 'key' && key.isAtOnce === true));
    if (field && !(key.type === 'key' && isOutside(key, field))) {
      if (freshField.isTooSoon(key) || isHeldDown) return miss();
      const isEnter = key.type === 'key' && key.name === 'return' && isPlain(key);
      return isEnter ? held.begin(question, key, true) : answer(question, key);
    }
    const isSpace = key.type === 'key' && key.text === ' ' && !first && !hasDraft() && question.takesSpace();
    if (key.type === 'paste' || (key.type === 'key' && key.text !== '' && !key.isCtrl && !key.isAlt && !isSpace)) {
      const isFresh = isFreshSince(since) || now() - typedAt < typingMs;
      const isCommand = parts.takesLetters?.() === true && !isDigit(key);
      const isSoon = first ? first.text === key.text : early.isPending() || isFreshSince(since);
      const isFree = now() - typedAt >= typingMs && !hasDraft() && !isCommand;
      if (isSoon && isFree && early.isAgain(key) && question.isAnswer(key.text)) {
        early.add(...(first ? [first, key] : [key]));
        activate();
        return miss();
      }
      const canAnswer = !isFresh && !early.isPending() && !isCommand;
      if (canAnswer && key.type === 'key' && question.isAnswer(key.text)) {
        // A mark can be taken back, so it needs no pause; and where there are marks, several numbers are no words.
        const isNumber = question.takesMarks && isDigit(key);
        if (isNumber && question.isMark(key.text)) return marks.press(question, key, marked.keys);
        if (first === undefined || isNumber) return held.begin(question, key);
      }
      const words = [...marked.keys, ...(first ? [first] : []), key];
      for (const each of marked.keys) question.press(each);
      const isForAnswer = !isFresh && isFree && !early.isPending() && !/^[/!]/.test(words[0]?.text ?? '');
      if (!isForAnswer || !question.openWords()) return words.forEach(compose);
      for (const word of words) question.press(word);
      return;
    }
    if (key.type !== 'key' || always.has(keyName(key))) return parts.toComposer(key);
    // To show all of it answers nothing.
    if (keyName(key) === 'ctrl+o') return question.canOpen ? question.press(key) : parts.toComposer(key);
    if (key.name === 'escape') return question.press(key);
    if (!isPlain(key)) {
      if (first) compose(first);
      return compose(key);
    }
    // Whoever presses keys has not read it yet: what follows them is meant for something else, too.
    if (isFreshSince(since) || early.isPending()) {
      activate();
      return miss();
    }
    if (isHeldDown) return miss();
    // With words in the composer only a number or a letter answers.
    if (/^(return|tab)$/.test(key.name) && hasDraft()) return;
    if (first && isOnePiece) {
      compose(first);
      return compose(key);
    }
    if (isSpace) return marks.press(question, key, marked.keys);
    if (key.name !== 'return') return answer(question, key);
    return isOnePiece ? miss() : held.begin(question, first ?? key, true);
  };
  return {
    press: (key) => {
      const isHeldDown = isRepeat(key);
      missed.stop();
      const question = follow();
      if (question && activeAt !== undefined) return pressActive(question, key, activeAt, isHeldDown);
      if (question?.canOpen && key.type === 'key' && keyName(key) === 'ctrl+o' && !parts.isCovered())
        return question.press(key);
      if (question && key.type === 'key' && keyName(key) === 'tab' && !parts.isCovered() && !parts.isCompleting()) {
        activate();
        return parts.repaint();
      }
      compose(key);
    },
    takeBackEnter: () => {
      const question = follow();
      const before = held.isEntered() ? held.take() : undefined;
      if (before && !question?.field?.()) composePaste(before.key);
    },
    pass: (key) => void isRepeat(key),
    wait: () => {
      held.take();
      letWait();
    },
    state: () => {
      if (follow() === undefined || activeAt === undefined) return 'waits';
      if (held.isShown()) return 'holds an answer';
      if (missed.isOn()) return 'asks again';
      return hasDraft() ? 'asks over a draft' : 'asks';
    },
    dueIn: () =>
      follow() && activeAt === undefined && !hasDraft() && !parts.isCovered()
        ? Math.max(1, typedAt + typingMs - now())
        : undefined,
  };
}

/** Where something is written, Ctrl+D deletes, and Shift+Tab, meant for the way back, does not change the approval mode. */
function isOutside(key: Press, field: LineInput): boolean {
  const name = keyName(key);
  return always.has(name) && name !== 'shift+tab' && !(name === 'ctrl+d' && field.text() !== '');
}

/** Whether a key may answer: with Alt, or as a new line (Shift or Ctrl with Enter), it is the composer's or the terminal's. */
export function isPlain(key: Press): boolean {
  return !key.isAlt && !(key.name === 'return' && (key.isShift || key.isCtrl));
}
