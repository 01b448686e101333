/** An error as a language server or a checker names it; line and column count from 1. */
export type FoundError = {
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly code: string;
};

const shownErrors = 8;
const messageLength = 300;

/** What the model reads: where, and what, the first ones. */
export function describeErrors(source: string, path: string, errors: readonly FoundError[]): string {
  const lines = errors.slice(0, shownErrors).map(({ line, column, message, code }) => {
    const text = message.replace(/\s+/g, ' ').trim();
    const cut = text.length > messageLength ? `${text.slice(0, messageLength)}…` : text;
    return `${path}:${line}:${column} ${cut}${code === '' ? '' : ` (${code})`}`;
  });
  const more = errors.length > shownErrors ? [`and ${errors.length - shownErrors} more`] : [];
  const what = errors.length === 1 ? 'a new error' : `${errors.length} new errors`;
  return [`[${source} finds ${what} since your edit:`, ...lines, ...more].join('\n').concat(']');
}
