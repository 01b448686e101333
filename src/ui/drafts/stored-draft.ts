import * as z from 'zod';
import type { Draft } from '../input/composer.ts';

/** Characters of a paste that are kept in a file; a longer one comes back in this session only. */
const keptPaste = 1_000_000;

/** What was written, as it is in a file. */
export const storedDraftSchema = z.object({
  text: z.string(),
  folds: z.array(z.object({ label: z.string(), kind: z.enum(['text', 'image']), content: z.string() })).default([]),
});

/** The draft as a file keeps it: what can't come back is not promised by a label either. */
export function storedDraft<Kept extends Draft>(draft: Kept): Kept {
  if (draft.folds.every(({ content }) => content.length <= keptPaste)) return draft;
  const text = draft.folds.reduce((rest, { label }) => rest.replaceAll(label, ''), draft.text).trim();
  return { ...draft, text, folds: [] };
}
