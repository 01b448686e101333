import { type MessagePort, workerData } from 'node:worker_threads';
import { type Bell, ring } from './bell.ts';
import { createMessageHandler } from './message-handler.ts';
import type { FromWorker, WorkerSettings } from './protocol.ts';

/** What comes with the settings: the way to the main thread, and the bell that says that something has been sent on it. */
export type WorkerData = WorkerSettings & { readonly port: MessagePort; readonly bell: Bell };

/** The observer's thread: port in, observe, port out. */
function work({ port, bell, ...settings }: WorkerData): void {
  const post = (message: FromWorker): void => {
    port.postMessage(message);
    ring(bell);
  };
  port.on('message', createMessageHandler(settings, post));
  // It is ready.
  ring(bell);
}

work(workerData);
