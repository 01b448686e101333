/** What an agent is told in answer to an event; each agent has its own form for it. */
export type WatchAnswer =
  | { readonly kind: 'nothing' }
  /** Words that come before its model in the next request. */
  | { readonly kind: 'context'; readonly text: string }
  /** The call must not act; the reason is what the model reads. */
  | { readonly kind: 'deny'; readonly reason: string }
  /** The user decides; the words are for them, and for the model when they say no. */
  | { readonly kind: 'ask'; readonly reason: string }
  /** The turn must not end yet; the reason is what the model reads. */
  | { readonly kind: 'go-on'; readonly reason: string }
  /** The ladder has ended: the agent stops, and its person decides. */
  | { readonly kind: 'stop'; readonly reason: string };

export const nothingToSay: WatchAnswer = { kind: 'nothing' };
