import type { Step } from '../../core/types.ts';

/** A step as it is posted to the thread: pictures and what only the provider reads are megabytes that no detector looks at. */
export function withoutPictures(step: Step): Step {
  const { carry: _, ...rest } = step;
  const hasPictures = [...step.notes, ...step.results].some(({ images }) => images !== undefined);
  if (!hasPictures) return rest;
  return {
    ...rest,
    notes: step.notes.map((note) => (note.images ? { ...note, images: note.images.map(() => 'data:') } : note)),
    results: step.results.map(({ images: __, ...result }) => result),
  };
}
