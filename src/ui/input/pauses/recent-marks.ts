import type { PanelQuestion } from '../../panels/panel.ts';
import type { Press } from '../key-parser.ts';

/** The last keys that marked answers, each less than `soonMs` after the one before: where words follow as soon, they are the beginning of them. */
export function createRecentMarks(now: () => number, soonMs: number) {
  let last: { readonly keys: readonly Press[]; readonly at: number } | undefined;
  return {
    /** Gives the question a key that marks an answer, or takes the mark away. `before`: the recent ones. */
    press: (question: Pick<PanelQuestion, 'press'>, key: Press, before: readonly Press[]) => {
      last = { keys: [...before, key], at: now() };
      question.press(key);
    },
    /** Takes them: `keys` are those that are recent still, `at` the time of the last in any case. */
    take: (): { readonly keys: readonly Press[]; readonly at: number | undefined } => {
      const taken = last;
      last = undefined;
      return { keys: taken && now() - taken.at < soonMs ? taken.keys : [], at: taken?.at };
    },
  };
}
