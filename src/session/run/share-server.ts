import type { Event } from '../../core/event.ts';
import type { ModelSettings as AgentModel } from '../../model/model-settings.ts';
import type { Observer } from '../../observer/observer.ts';
import { findSlots, sharesLocalServer } from '../../providers/shared-server.ts';
import type { RunOptions } from './prepare-parts.ts';

export type ShareOptions = {
  /** The agent's model, which may change between requests. */
  readonly agent: () => AgentModel | undefined;
  readonly options: RunOptions;
  readonly observer: Pick<Observer, 'setServerFree' | 'mode'>;
};

/** Says when the judge may ask a server that it shares with the agent. */
export type SharedServer = {
  readonly listen: (event: Event) => void;
  /** At the end of a turn the server is the judge's: only its review is waited for then. */
  readonly giveToJudge: () => void;
  /** Whether the judge would keep the agent waiting, as far as is known by now. */
  readonly isInTheWay: () => boolean;
};

/**
 * On a local server with one slot (or as many as nobody knows) the judge's call would queue before the agent's and throw its prompt
 * cache out. There the judge is asked only while the agent's model is idle for sure: a tool that has run for long, the end of a turn,
 * the user's time; never while a subagent is at work. With a second slot, another model or another server it is always free.
 */
export function shareServer({ agent, options, observer }: ShareOptions): SharedServer {
  const judge = options.models.observer;
  const { idleSeconds, level } = options.setup.loaded.config.observer.judge;
  /** Subagents at work: they ask the same server. */
  const subagents = new Set<string>();
  let slots: number | undefined;
  let hasAsked = false;
  let isIdle = false;
  let runningTools = 0;
  let timer: NodeJS.Timeout | undefined;

  function isInTheWay(): boolean {
    const model = agent();
    return model !== undefined && sharesLocalServer(model, judge) && (slots === undefined || slots < 2);
  }

  function setIdle(next: boolean): void {
    clearTimeout(timer);
    isIdle = next && subagents.size === 0;
    observer.setServerFree(isIdle || !isInTheWay());
  }

  function giveToJudge(): void {
    subagents.clear();
    setIdle(true);
  }

  /** The server is asked for its slots with the first call that acts: before that the judge has no question, and nothing waits for the answer. */
  async function learnSlots(): Promise<void> {
    if (hasAsked || level === 'off' || observer.mode() === 'off' || !isInTheWay()) return;
    hasAsked = true;
    slots = await findSlots(judge, new AbortController().signal);
    observer.setServerFree(isIdle || !isInTheWay());
  }

  return {
    isInTheWay,
    giveToJudge,
    listen: (event) => {
      switch (event.type) {
        case 'request':
          runningTools = 0;
          setIdle(false);
          break;
        case 'tool.start':
          void learnSlots();
          runningTools += 1;
          if (runningTools === 1) timer = setTimeout(() => setIdle(true), idleSeconds * 1000).unref();
          break;
        case 'tool.end':
          runningTools -= 1;
          if (runningTools === 0) setIdle(false);
          break;
        case 'subagent':
          // Its turn ends with a step that calls nothing.
          if (event.event.type === 'step' && event.event.step.calls.length === 0) subagents.delete(event.id);
          else subagents.add(event.id);
          if (subagents.size > 0) setIdle(false);
          break;
        case 'session.start':
          setIdle(false);
          break;
        case 'result':
          giveToJudge();
          break;
      }
    },
  };
}
