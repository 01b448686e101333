/**
 * What came of summing up the conversation. `short`: there is too little to sum up, so nobody was asked. `no-gain`: the summary would have
 * been nearly as long. `refused`: by a hook of the user's.
 */
export type CompactEnd = { readonly kind: 'done' | 'short' | 'no-gain' | 'refused' };

/** In words for the user. */
export function describeCompactEnd({ kind }: CompactEnd): string {
  switch (kind) {
    case 'done':
      return 'The conversation was summed up.';
    case 'short':
      return 'The conversation is too short for a summary to save anything; it stays as it is.';
    case 'no-gain':
      return 'The summary would be nearly as long as what it stands for; the conversation stays as it is.';
    case 'refused':
      return 'A hook of yours refused it; the conversation stays as it is.';
    default:
      return kind satisfies never;
  }
}
