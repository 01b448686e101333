import { makeSignal } from '../../signal.ts';
import type { Detector } from '../../step/normalized-step.ts';
import type { DetectorSettings } from '../detector-settings.ts';
import { isRepetitionAsked } from './asked-repetition.ts';

const maxUnitLength = 400;

/**
 * A passage said over and over inside one message. Fires when the end of the text is one unit of up to 400 characters,
 * `times` times without anything between, and the chant is at least `characters` long; lines of a table or list (mostly
 * `-`, `|`, `=`, digits, white space) don't count, and neither does what the user asked to be said so often. The same rule watches the live stream (`createChantWatch`), where it
 * can cut an answer.
 */
export function createChant(settings: DetectorSettings['chant']): Detector {
  let asked = '';
  return {
    name: 'chant',
    feed: (step) => {
      if (step.userTexts.length > 0) asked = step.userTexts.join('\n');
      const isChanting = findChant(step.text, settings, asked) || findChant(step.reasoning, settings);
      if (!isChanting) return [];
      return [
        makeSignal({
          detector: 'chant',
          class: 'infinite-loop',
          step: step.index,
          confidence: 0.95,
          evidenceSteps: [step.index],
          evidence: 'one message says the same passage over and over',
          streak: step.index,
        }),
      ];
    },
  };
}

/**
 * Watches a stream of text; true once the text chants. Each delta costs O(its length); call `reset` at the start of an
 * answer.
 */
export function createChantWatch(settings: DetectorSettings['chant']): {
  push: (delta: string, asked?: string) => boolean;
  reset: () => void;
} {
  const keep = Math.max(settings.characters, maxUnitLength * settings.times);
  let tail = '';
  let unseen = 0;
  return {
    push: (delta, asked = '') => {
      tail = (tail + delta).slice(-keep);
      unseen += delta.length;
      if (unseen < 200) return false;
      unseen = 0;
      return endsInChant(tail, settings, asked);
    },
    reset: () => {
      tail = '';
      unseen = 0;
    },
  };
}

/**
 * Whether a text chants at its end or anywhere in the windows that are looked at (each 2,000 characters, at most 50 of
 * them). `asked` is what the user said.
 */
export function findChant(text: string, settings: DetectorSettings['chant'], asked = ''): boolean {
  if (text.length < settings.characters) return false;
  const keep = Math.max(settings.characters, maxUnitLength * settings.times);
  for (let end = text.length, windows = 0; end > 0 && windows < 50; end -= 2000, windows += 1) {
    if (endsInChant(text.slice(Math.max(0, end - keep), end), settings, asked)) return true;
  }
  return false;
}

/** The end of `text` is a unit repeated `times` times or more, over at least `characters` characters. */
function endsInChant(text: string, settings: DetectorSettings['chant'], asked: string): boolean {
  if (text.length < settings.characters) return false;
  for (let unit = smallestPeriod(text); unit !== undefined; ) {
    const tail = text.slice(-Math.max(settings.characters, unit * settings.times));
    const said = tail.slice(-unit);
    return tail.length >= settings.characters && isSpeech(said) && !isRepetitionAsked(said, asked);
  }
  return false;

  function smallestPeriod(whole: string): number | undefined {
    const probe = whole.slice(-24);
    let from = whole.length - 25;
    for (let tries = 0; tries < 40 && from >= 0; tries += 1) {
      const at = whole.lastIndexOf(probe, from);
      if (at === -1) return undefined;
      const period = whole.length - 24 - at;
      if (period > maxUnitLength) return undefined;
      if (isPeriodic(whole, period, Math.max(settings.characters, period * settings.times))) return period;
      from = at - 1;
    }
    return undefined;
  }
}

function isPeriodic(text: string, period: number, length: number): boolean {
  if (text.length < length) return false;
  for (let at = text.length - length; at < text.length - period; at += 1) {
    if (text[at] !== text[at + period]) return false;
  }
  return true;
}

/** Words rather than the rules of a table, an ascii drawing or a row of numbers. */
function isSpeech(unit: string): boolean {
  const letters = unit.replace(/[^\p{L}]/gu, '').length;
  return letters >= unit.length * 0.3;
}
