/**
 * Messages that a person typed while Claude Code was at work. They are written down when they are typed (`enqueue`) and again when they
 * are given to the model: as a message, as an attachment, or, in older versions, nowhere.
 */
export function createQueue() {
  let queued: string[] = [];
  /** Given to the model; it is still open whether a message with the same words follows. */
  let given: string[] = [];
  return {
    operate: (operation: string | undefined, content: string): void => {
      if (operation === 'enqueue') queued.push(content);
      else if (operation === 'popAll') queued = [];
      else if (operation === 'dequeue' || operation === 'remove') {
        const at = content === '' ? 0 : queued.findIndex((one) => isSame(one, content));
        given.push(...queued.splice(Math.max(at, 0), 1));
      }
    },
    /** A message of the user's role: the queue's own copy of it is done with. */
    meet: (text: string): void => {
      given = without(given, text);
      queued = without(queued, text);
    },
    /** What was given to the model and is nowhere else. Called when the model answers. */
    takeGiven: (): readonly string[] => given.splice(0).filter((text) => !slashCommand.test(text)),
  };
}

/** A slash command is written down as one wherever it was typed; a path goes on with a slash. */
const slashCommand = /^\s*\/[\w:-]+(?:\s|$)/;

export type Queue = ReturnType<typeof createQueue>;

function isSame(left: string, right: string): boolean {
  return left.trim() === right.trim();
}

function without(list: readonly string[], text: string): string[] {
  const at = list.findIndex((one) => isSame(one, text));
  return at === -1 ? [...list] : [...list.slice(0, at), ...list.slice(at + 1)];
}
