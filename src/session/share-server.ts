import type { Event } from '../core/event.ts';
import type { ModelSettings as AgentModel } from '../model/settings.ts';
import type { ModelSettings } from '../providers/resolve.ts';
import { findSlots, sharesLocalServer } from '../providers/shared-server.ts';

export type ShareOptions = {
  /** The agent's model, which may change between requests. */
  readonly agent: () => AgentModel | undefined;
  readonly judge: ModelSettings;
  /** Seconds that a tool must have run before the server counts as idle. */
  readonly idleSeconds: number;
  readonly setFree: (isFree: boolean) => void;
  /** Whether a judge is asked at all. */
  readonly hasJudge: () => boolean;
};

/** Says when the judge may ask a server that it shares with the agent. */
export type SharedServer = {
  readonly listen: (event: Event) => void;
  /** The turn is over, and only its review is waited for. */
  readonly turnEnds: () => void;
};

/**
 * On a local server with one slot (or as many as nobody knows) the judge's call would queue before the agent's and throw its prompt
 * cache out. There the judge is asked only while the agent's model is idle for sure: a tool that has run for long, the end of a turn,
 * the user's time. With a second slot, another model or another server it is always free.
 */
export function shareServer({ agent, judge, idleSeconds, setFree, hasJudge }: ShareOptions): SharedServer {
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
    isIdle = next;
    setFree(isIdle || !isInTheWay());
  }

  /** The server is asked for its slots once the first request is under way, so that nothing waits for the answer. */
  async function learnSlots(): Promise<void> {
    if (hasAsked || !hasJudge() || !isInTheWay()) return;
    hasAsked = true;
    slots = await findSlots(judge, new AbortController().signal);
    setFree(isIdle || !isInTheWay());
  }

  return {
    turnEnds: () => setIdle(true),
    listen: (event) => {
      switch (event.type) {
        case 'request':
          runningTools = 0;
          setIdle(false);
          void learnSlots();
          break;
        case 'tool.start':
          runningTools += 1;
          if (runningTools === 1) timer = setTimeout(() => setIdle(true), idleSeconds * 1000).unref();
          break;
        case 'tool.end':
          runningTools -= 1;
          if (runningTools === 0) setIdle(false);
          break;
        case 'session.start':
          setIdle(false);
          break;
        case 'result':
          setIdle(true);
          break;
      }
    },
  };
}
