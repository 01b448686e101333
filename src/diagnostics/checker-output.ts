import { resolve } from 'node:path';
import type { FoundError } from './found-error.ts';

/** `a.ts(3,5): error TS2304: …` as tsc and MSBuild write it, and `a.c:3:5: error: …` as gcc, eslint's unix format, mypy, ruff and go do. */
const forms = [
  /^(?<path>[^\s(][^(\n]{0,400})\((?<line>\d+)(?:,(?<column>\d+))?\): (?:fatal )?error (?<code>[\w-]+): (?<message>.{1,2000})$/,
  /^(?<path>[^\s:][^:\n]{0,400}):(?<line>\d+)(?::(?<column>\d+))?:? (?:- )?(?<message>.{1,2000})$/,
];

/** Lines that name a place but no error. */
const isMild = /^\W{0,3}(?:warning|note|info|hint|help)\b|\[(?:warning|info)(?:\/|\])/i;

/** The errors that a checker printed, by the absolute path of their file. */
export function readCheckerOutput(output: string, cwd: string): Map<string, FoundError[]> {
  const found = new Map<string, FoundError[]>();
  for (const line of output.split(/\r?\n/)) {
    const parts = forms.map((form) => form.exec(line)?.groups).find(Boolean);
    if (parts === undefined || isMild.test(parts.message ?? '')) continue;
    const path = resolve(cwd, parts.path ?? '');
    const error = {
      line: Number(parts.line),
      column: Number(parts.column ?? 1),
      message: (parts.message ?? '').replace(/^(?:fatal )?error:?\s*/i, ''),
      code: parts.code ?? '',
    };
    found.set(path, [...(found.get(path) ?? []), error]);
  }
  return found;
}
