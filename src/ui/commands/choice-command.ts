import type { App } from '../app.ts';
import { openPicker, type PickerOptions } from '../panels/picker/open-picker.tsx';
import type { CommandAnswer, SlashCommand, Suggestion } from '../screen-deps.ts';

/** What a command answers that must wait for the end of the turn. */
export const agentWorks = { refusal: 'The agent is working; interrupt it first (Esc).' };

/** What a command answers that has the model work for it, while something else goes on; undefined when it may run. */
export function refuseWhileBusy({ state }: App, name: string): { readonly refusal: string } | undefined {
  if (state.isRunning)
    return { refusal: `The agent is working; send ${name} when it has ended, or stop it first (Esc).` };
  if (state.shell)
    return { refusal: `A command of yours is running; send ${name} when it has ended, or end it first (Esc).` };
  return undefined;
}

/** A list to pick from; `empty` is said where nothing is in it. Resolves to undefined without a choice. */
export async function pick<Value>(
  app: App,
  { empty, ...options }: PickerOptions<Value> & { readonly empty: string },
): Promise<Value | undefined> {
  if (options.entries.length > 0) return openPicker(app.panels, options);
  app.notice(empty);
  return undefined;
}

export const listIsLate = {
  notice: 'The list came while you were writing something else, and was not opened: send the command again for it.',
};

/** What a list is made of; undefined where it came late, and the user has begun to write: its keys must not pick anything. */
export async function listUnlessTyping<List>(app: App, list: List | Promise<List>): Promise<List | undefined> {
  const { text } = app.state.composer.buffer;
  const offered = await list;
  return app.state.composer.buffer.text === text ? offered : undefined;
}

type Choice = Pick<SlashCommand, 'name' | 'help' | 'hint'> & {
  readonly title: string;
  readonly choices: () => readonly Suggestion[] | Promise<readonly Suggestion[]>;
  /** Said where there are no choices; another word than one of them may be given then, and always. */
  readonly empty?: string;
  readonly take: (word: string) => CommandAnswer | Promise<CommandAnswer>;
};

/** A command that takes one word of a few: they are offered while it is typed, and in a list where it comes without one. */
export function choiceCommand(app: App, { title, choices, empty, take, ...command }: Choice): SlashCommand {
  return {
    ...command,
    complete: async () => {
      try {
        return await choices();
      } catch {
        return [];
      }
    },
    run: async (given) => {
      if (given !== '' && empty !== undefined) return take(given);
      const offered = given === '' ? await listUnlessTyping(app, choices()) : await choices();
      if (offered === undefined) return listIsLate;
      const entries = offered.map(({ text, ...rest }) => ({ ...rest, label: text, value: text }));
      const words = entries.map(({ value }) => value);
      if (given !== '' && !words.includes(given))
        return { refusal: `There is no ${title.toLowerCase()} ${given}; choose one of ${words.join(', ')}.` };
      const initial = Math.max(
        0,
        offered.findIndex(({ isCurrent }) => isCurrent),
      );
      const word = given || (await pick(app, { title, entries, initial, empty: empty ?? '' }));
      return word === undefined ? undefined : take(word);
    },
  };
}
