import { readFileSync } from 'node:fs';
import type * as z from 'zod';

/** The lines of a file that are of a form, in order; none when the file can't be read. Others (a kill leaves at most the last) are passed over. */
export function readJsonLines<Form extends z.ZodType>(path: string, form: Form): z.output<Form>[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return [];
  }
  return text.split('\n').flatMap((line) => {
    try {
      return [form.parse(JSON.parse(line))];
    } catch {
      return [];
    }
  });
}
