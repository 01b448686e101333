import type * as z from 'zod';
import { knownKeys } from './known-keys.ts';

/** What is wrong with a value, to be read after its name. `schema`: of the whole. */
export function describeIssue(issue: z.core.$ZodIssue, value: unknown, schema: z.ZodType): string {
  const shown = value === undefined ? 'missing' : shorten(JSON.stringify(value), 200);
  switch (issue.code) {
    case 'invalid_value':
      return `is ${shown}; allowed are ${issue.values.map((each) => JSON.stringify(each)).join(', ')}`;
    case 'invalid_type':
      return `is ${shown}; it must be ${nameType(issue.expected)}`;
    case 'too_small':
      return `is ${shown}; it must be ${issue.inclusive ? 'at least' : 'more than'} ${String(issue.minimum)}`;
    case 'too_big':
      return `is ${shown}; it must be ${issue.inclusive ? 'at most' : 'less than'} ${String(issue.maximum)}`;
    case 'invalid_format':
      return `is ${shown}; it must be a valid ${issue.format === 'url' ? 'http or https address' : issue.format}`;
    case 'unrecognized_keys':
      return `has no ${issue.keys.map((key) => JSON.stringify(key)).join(', ')}; allowed are ${knownKeys(issue.path, schema).join(', ')}`;
    case 'custom':
      return issue.message;
    default:
      return `is ${shown}: ${issue.message}`;
  }
}

function nameType(expected: string): string {
  if (expected === 'int') return 'a whole number';
  if (expected === 'array') return 'a list, such as ["…"]';
  if (expected === 'record' || expected === 'object') return 'an object';
  if (expected === 'boolean') return 'true or false';
  return `a ${expected}`;
}

export function shorten(text: string, limit: number): string {
  return text.length > limit ? `${text.slice(0, limit)}…` : text;
}
