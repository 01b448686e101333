import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { Event } from '../core/event.ts';
import { isObject, parseJson } from '../core/text/json.ts';
import { redactedJson } from '../core/text/redact.ts';
import { type Note, noUsage, type Step } from '../core/types.ts';

/** A kill loses what the model said in this time. */
const intervalMs = 500;

/** The words of a step that was never finished. `step`: its index. */
type Words = { readonly step: number; readonly at: string; readonly text: string };

export type LiveWords = { readonly listen: (event: Event) => void; readonly close: () => void };

/** The file next to a session's own that holds the words of the step under way. */
export function wordsPath(sessionPath: string): string {
  return sessionPath.replace(/\.jsonl$/, '.words');
}

/**
 * Keeps the words of the step under way in a small file of its own, written whole at most twice a second: in the session's file each
 * part would stay for ever, and a key that lies across two parts would not be seen. It goes when the step is written, or the run ends.
 */
export function keepLiveWords(sessionPath: string, redact: (text: string) => string): LiveWords {
  const path = wordsPath(sessionPath);
  let step = 0;
  let text = '';
  let timer: NodeJS.Timeout | undefined;
  let isKept = false;
  const write = () => {
    timer = undefined;
    const words: Words = { step, at: new Date().toISOString(), text };
    try {
      writeFileSync(`${path}.new`, redactedJson(words, redact), { mode: 0o600 });
      renameSync(`${path}.new`, path);
      isKept = true;
    } catch {
      // The session's own file says so when nothing can be written here.
    }
  };
  const remove = () => {
    try {
      rmSync(path, { force: true });
    } catch {
      // A folder that can't be written: there is none.
    }
    isKept = false;
  };
  const forget = () => {
    clearTimeout(timer);
    timer = undefined;
    text = '';
    if (isKept) remove();
  };
  return {
    listen: (event) => {
      if (event.type === 'request') step = event.step;
      else if (event.type === 'text') {
        text += event.delta;
        timer ??= setTimeout(write, intervalMs).unref();
      } else if (event.type === 'step' || event.type === 'recast' || (event.type === 'retry' && event.discard))
        forget();
    },
    close: () => {
      forget();
      // Of an earlier run, too, whose words are in the session by now.
      remove();
    },
  };
}

/** The step whose words a kill cut off: it is where the session has `index` steps. undefined when no words were kept of it. */
export function readCutWords(
  sessionPath: string,
  index: number,
): { readonly at: string; readonly text: string } | undefined {
  try {
    const words = parseJson(readFileSync(wordsPath(sessionPath), 'utf8'));
    if (!isObject(words) || words.step !== index || typeof words.text !== 'string' || typeof words.at !== 'string')
      return undefined;
    return words.text.trim() === '' ? undefined : { at: words.at, text: words.text };
  } catch {
    return undefined;
  }
}

/** A step of words alone that was cut off: what it cost is not known. */
export function stepOfWords(
  index: number,
  notes: readonly Note[],
  { at, text }: { readonly at: string; readonly text: string },
): Step {
  return {
    type: 'step',
    index,
    at,
    notes: [...notes],
    text,
    calls: [],
    results: [],
    usage: noUsage,
    ms: 0,
    finish: 'cut',
  };
}
