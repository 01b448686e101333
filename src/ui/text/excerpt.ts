/** What a few rows show of a long output: lines, and how many were left out where. */
export type Excerpt = readonly (string | Omitted)[];

/** `isCut`: among the lines is a place where the tool had left out the most of a long output. */
type Omitted = { readonly omitted: number; readonly isCut: boolean };

/** As the tools mark it. */
const cutMark = /^\[… \d+ of \d+ bytes left out; .* …\]$/;

function omit(lines: readonly string[]): Omitted {
  return { omitted: lines.length, isCut: lines.some((line) => cutMark.test(line)) };
}

/** A line that says what failed; counts of nothing ("0 failed") say that nothing did. */
const failure =
  /\b(?:errors?|fail(?:ed|ure|ing|s)?|exception|panic(?:ked)?|traceback|fatal|not ok|cannot|undefined reference|no such file|assert\w*)\b|[✗✖×❌]/i;
const allWell = /\b(?:0|no) (?:errors?|fail\w*|problems?)\b|\bfailed: 0\b/i;

/** The first and the last lines, at most `limit`. */
export function headAndTail(lines: readonly string[], limit: number): Excerpt {
  if (lines.length <= limit + 1) return lines;
  const head = Math.floor(limit / 2);
  const tail = lines.length - (limit - head);
  return [...lines.slice(0, head), omit(lines.slice(head, tail)), ...lines.slice(tail)];
}

/**
 * The place of a failing command's output that says what failed, its end where no line does, and the last line: below a trace that is the
 * error itself. At most `limit` lines.
 */
export function failureExcerpt(lines: readonly string[], limit: number): Excerpt {
  if (lines.length <= limit + 1) return lines;
  const body = lines.slice(0, -1);
  const latest = body.length - limit + 1;
  const found = body.findIndex((line) => failure.test(line) && !allWell.test(line));
  const first = found === -1 ? latest : Math.max(0, Math.min(found - 1, latest));
  const after = first + limit - 1;
  return [
    ...(first > 0 ? [omit(body.slice(0, first))] : []),
    ...body.slice(first, after),
    ...(after < body.length ? [omit(body.slice(after))] : []),
    ...lines.slice(-1),
  ];
}
