import { clip } from '../../../core/text/clip.ts';

/** Lines with which programs say how something went, and those of a change that loosen a check or say that something is unfinished. */
const telling =
  /\b(?:fail(?:ed|ing|ures?|s)?|errors?|exception|panic|passed|passing|assert\w*|expect\w*|conflict|rejected|denied|not found|undefined|skip(?:ped)?|xfail|nolint|noqa|ts-ignore|eslint-disable|NotImplemented\w*|mock\w*|stub\w*|hard-?coded)\b|^\s*(?:[✗✕×✖●]|FAIL|---|\+\+\+|diff --git|@@|exit code|#+ )/i;
const maxLineLength = 400;
const maxLines = 6000;
/** Room that the mark of a gap takes. */
const markLength = 30;
/** The lines at both ends that are always shown. */
const ends = 2;
/** Of the room, what telling lines and their neighbours may take; the rest goes to the beginning and the end. */
const tellingShare = 0.7;

/**
 * A long text as the lines that decide: both ends, those that name one of `terms`, those with counts, failures and assertions, each with
 * its neighbours, then what else there is room for from both ends. Gaps say how many lines they leave out. At most about `limit` characters.
 */
export function chooseLines(text: string, limit: number, terms: readonly string[]): string {
  const whole = text.trim();
  if (whole.length <= limit) return whole;
  const lines = whole.split('\n', maxLines).map((line) => line.slice(0, maxLineLength));
  if (lines.length < 4) return clip(whole, limit, (omitted) => `${omitted} characters left out`);
  const kept = new Set<number>();
  let left = limit;
  const keep = (at: number, floor: number): void => {
    const line = lines[at];
    if (line === undefined || kept.has(at)) return;
    const cost = line.length + 1 + (kept.has(at - 1) || kept.has(at + 1) ? 0 : markLength);
    if (left - cost < floor) return;
    kept.add(at);
    left -= cost;
  };
  const last = lines.length - 1;
  for (let at = 0; at < ends; at += 1) {
    keep(last - at, 0);
    keep(at, 0);
  }
  const floor = left * (1 - tellingShare);
  for (const at of byWeight(lines, terms)) for (const near of [at, at + 1, at - 1]) keep(near, floor);
  for (let at = 0; at <= last && left > markLength; at += 1) {
    keep(at, 0);
    keep(last - at, 0);
  }
  return joinKept(lines, kept);
}

/** The lines that decide, heaviest first and of equal ones the later: summaries are at the end. */
function byWeight(lines: readonly string[], terms: readonly string[]): number[] {
  const weighed = lines.map((line, at) => ({ at, weight: weigh(line, terms) }));
  return weighed
    .filter(({ weight }) => weight > 0)
    .sort((left, right) => right.weight - left.weight || right.at - left.at)
    .map(({ at }) => at);
}

function weigh(line: string, terms: readonly string[]): number {
  let named = 0;
  for (const term of terms) if (named < 3 && line.includes(term)) named += 1;
  return named + (telling.test(line) ? 2 : 0);
}

function joinKept(lines: readonly string[], kept: ReadonlySet<number>): string {
  const shown: string[] = [];
  let gap = 0;
  const closeGap = (): void => {
    if (gap > 0) shown.push(`[… ${gap} ${gap === 1 ? 'line' : 'lines'} left out …]`);
    gap = 0;
  };
  for (const [at, line] of lines.entries()) {
    if (!kept.has(at)) gap += line.trim() === '' ? 0 : 1;
    else {
      closeGap();
      shown.push(line);
    }
  }
  closeGap();
  return shown.join('\n');
}
