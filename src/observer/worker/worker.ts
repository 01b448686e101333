import { type MessagePort, workerData } from 'node:worker_threads';
import { createMessageHandler } from './message-handler.ts';
import type { WorkerSettings } from './protocol.ts';

/** The observer's thread: port in, observe, port out. */
function work({ port, ...settings }: WorkerSettings & { readonly port: MessagePort }): void {
  port.on(
    'message',
    createMessageHandler(settings, (message) => port.postMessage(message)),
  );
}

work(workerData);
