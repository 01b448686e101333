import type { JsonObject } from '../core/types.ts';
import { type HookAnswer, type JoinedAnswer, joinAnswers, readHookAnswer } from './hook-answer.ts';
import type { Hook, HookEvent } from './hook-settings.ts';
import { type HookPlace, runHook } from './run-hook.ts';

export type Hooks = {
  readonly has: (event: HookEvent) => boolean;
  /**
   * Runs the hooks of an event that match one of the names, side by side, and joins what they say. Words for the user go to `onMessage`.
   */
  readonly ask: (event: HookEvent, names: readonly string[], facts: HookFacts) => Promise<JoinedAnswer>;
  /** Starts them and does not wait. */
  readonly tell: (event: HookEvent, names: readonly string[], facts: HookFacts) => void;
  /** Ends what still runs; hooks of the session's end get their time, at most `seconds`. */
  readonly close: (seconds: number) => Promise<void>;
};

/** What hooks are given: those of the common form, and those of our first one. Without facts for a form its hooks do not run. */
export type HookFacts = { readonly common?: JsonObject; readonly plain?: JsonObject };

export type HookOptions = {
  readonly hooks: readonly Hook[];
  readonly place: HookPlace;
  /** What each hook of the common form is given as well: session, folder, mode. */
  readonly common: () => JsonObject;
  readonly onMessage: (message: string) => void;
};

/** The commands that users put at points of a session. */
export function createHooks({ hooks, place, common, onMessage }: HookOptions): Hooks {
  const running = new Set<Promise<unknown>>();
  const stops = new Set<() => void>();

  const run = async (hook: Hook, facts: HookFacts): Promise<HookAnswer> => {
    const given = hook.form === 'plain' ? facts.plain : { ...common(), hook_event_name: hook.event, ...facts.common };
    const { done, stop } = runHook(hook, given ?? {}, place);
    stops.add(stop);
    const ended = await done;
    stops.delete(stop);
    const answer = readHookAnswer(hook, ended);
    for (const message of answer.messages) onMessage(message);
    return answer;
  };
  const start = (hook: Hook, facts: HookFacts): Promise<HookAnswer> => {
    const done = run(hook, facts);
    running.add(done);
    void done.finally(() => running.delete(done));
    return done;
  };
  const fitting = (event: HookEvent, names: readonly string[], facts: HookFacts) =>
    hooks.filter((hook) => hook.event === event && facts[hook.form] !== undefined && hook.matches(names));

  return {
    has: (event) => hooks.some((hook) => hook.event === event),
    ask: async (event, names, facts) => {
      const started = fitting(event, names, facts).map((hook) => ({ hook, answer: start(hook, facts) }));
      const awaited = started.filter(({ hook }) => !hook.isAsync);
      return joinAnswers(
        await Promise.all(awaited.map(async ({ hook, answer }) => ({ owner: hook.owner, answer: await answer }))),
      );
    },
    tell: (event, names, facts) => {
      for (const hook of fitting(event, names, facts)) void start(hook, facts);
    },
    close: async (seconds) => {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, seconds * 1000);
      });
      await Promise.race([Promise.all(running), late]);
      clearTimeout(timer);
      for (const stop of stops) stop();
    },
  };
}
