import * as z from 'zod';

/** An optional whole number; a number in quotes counts, null is left out. */
export function wholeNumber(minimum: number, maximum?: number): z.ZodType<number | undefined> {
  const number = z.number().min(minimum).refine(Number.isInteger, 'not a whole number');
  return z.preprocess(plainNumber, (maximum === undefined ? number : number.max(maximum)).optional());
}

function plainNumber(value: unknown): unknown {
  if (value === null || value === '') return undefined;
  return typeof value === 'string' && /^\s*\d+(\.\d+)?\s*$/.test(value) ? Number(value) : value;
}

/** An optional flag; "true" and "false" in quotes count, null is left out. */
export function flag(): z.ZodType<boolean | undefined> {
  return z.preprocess(
    (value) => (value === null ? undefined : value === 'true' ? true : value === 'false' ? false : value),
    z.boolean().optional(),
  );
}

/** An optional text; null and the empty text are left out. */
export function optionalText(): z.ZodType<string | undefined> {
  return z.preprocess((value) => (value === null || value === '' ? undefined : value), z.string().optional());
}

/** A text that can be written to a file: a lone surrogate has no bytes. */
export const wholeText = z
  .string()
  .refine((text) => !/\p{Surrogate}/u.test(text), 'holds half a character (a lone surrogate)');

/** The other names under which models know the path of a file tool. */
export const pathAliases: Readonly<Record<string, string>> = {
  file_path: 'path',
  filePath: 'path',
  filename: 'path',
  file: 'path',
  target_file: 'path',
  absolute_path: 'path',
};
