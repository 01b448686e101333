import { createInbox, type UserInbox } from '../../agent/inbox.ts';
import type { ObserverPort } from '../../core/observer-port.ts';
import type { Observer } from '../../observer/observer.ts';
import { openObserver, type RunOptions } from './prepare-parts.ts';
import type { SessionBase } from './session-base.ts';
import { shareServer } from './share-server.ts';
import type { TurnEndWait } from './turn-end.ts';

/** The observer of a session and the inbox in which its reminders and the user's words meet. */
export type ObserverSide = {
  readonly observer: Observer;
  readonly inbox: UserInbox;
  /** The observer as the loop knows it, with the user's words. */
  readonly port: ObserverPort;
  /** Waits for the review at the end of a turn, for which the judge has the server. */
  readonly review: TurnEndWait;
  /** The options as subagents' observers need them: they know whether the judge is in the agent's way. */
  readonly ownOptions: RunOptions;
  /** Words of the program for the model's next request. */
  readonly say: (text: string | undefined) => void;
};

export async function openObserverSide(base: SessionBase, dirtyPaths: readonly string[]): Promise<ObserverSide> {
  const { options, emit, subscribe, trajectory, system, model } = base;
  const observer = await openObserver(options, trajectory, system.instructions, dirtyPaths, emit);
  const inbox = createInbox(emit);
  const server = shareServer({ agent: model.settings, options, observer });
  const port = inbox.join(observer);
  subscribe(server.listen);
  return {
    observer,
    inbox,
    port,
    review: (signal) => {
      server.giveToJudge();
      return port.settle(signal);
    },
    ownOptions: { ...options, isServerShared: server.isInTheWay },
    say: (text) => {
      if (text) inbox.say({ from: 'harness', text, at: new Date().toISOString() });
    },
  };
}
