import { randomBytes } from 'node:crypto';
import { type MessagePort, workerData } from 'node:worker_threads';
import type { Ask, Question } from '../../core/model.ts';
import type { Step, Usage } from '../../core/types.ts';
import { estimateUsage } from '../../model/reply.ts';
import { createDigest } from '../review/account.ts';
import { mayConstrain } from '../review/ask-constraints.ts';
import { createReviewer, type Reviewer } from '../review/reviewer.ts';
import { observeStep } from '../step/normalize-step.ts';
import { createObserver } from './detection-pipeline.ts';
import type { Down, Up, WorkerSettings } from './protocol.ts';

/** The second wiring place: what the observer's thread is made of. Port in, observe, port out. */
function work({ port, ...settings }: WorkerSettings & { readonly port: MessagePort }): void {
  const post = (message: Up): void => port.postMessage(message);
  const fence = randomBytes(6).toString('hex');
  const digest = createDigest(settings.facts.task, fence);
  digest.setLedger(settings.ledger);
  for (const finding of settings.noticed) digest.noticed.add(finding);
  const observer = createObserver(settings);
  const reviewer = createReviewerOf(settings);

  function createReviewerOf({ judgeModel }: WorkerSettings): Reviewer | undefined {
    if (judgeModel === undefined) return undefined;
    let opened: Promise<Ask> | undefined;
    const ask: Ask = async (question, signal) => {
      // The model client is loaded with the first question, not with the thread.
      opened ??= import('../../model/openai.ts').then(({ openAsk }) => openAsk(judgeModel));
      return (await opened)(question, signal);
    };
    const estimate = ({ system, user }: Question): Usage => estimateUsage(judgeModel, system.length + user.length, 0);
    return createReviewer({ ...settings, digest, fence, post, ask, estimate });
  }

  function see(step: Step, isSilent: boolean): void {
    const observed = observeStep(step);
    digest.add(observed);
    const { signals, reviews } = observer.step(observed, step.calls.length === 0 && step.finish === 'stop');
    for (const signal of signals) digest.noticed.add(signal);
    if (!isSilent) {
      for (const signal of signals) post({ kind: 'signal', signal });
      for (const { from, text } of step.notes)
        if (from === 'user' && mayConstrain(text)) reviewer?.readConstraints(text);
      reviewer?.request(reviews);
    }
    post({ kind: 'seen', index: step.index });
  }

  function take(message: Down): void {
    switch (message.kind) {
      case 'step':
        see(message.step, false);
        break;
      case 'catch-up':
        for (const step of message.steps) see(step, step.index <= message.knownUntil);
        break;
      case 'turn-end':
        endTurn(message.index);
        break;
      case 'compacted':
        reviewer?.request(observer.compacted());
        break;
      case 'advise':
        reviewer?.advise(message.verdict);
        break;
      case 'noticed':
        digest.noticed.add(message.finding);
        break;
      case 'spoken':
        digest.noticed.speak(message.class, message.step);
        break;
      case 'ledger':
        digest.setLedger(message.lines);
        break;
      default:
        message satisfies never;
    }
  }

  function endTurn(index: number): void {
    if (reviewer === undefined) post({ kind: 'settled', index });
    else reviewer.turnEnd(index, observer.turnEnd(index, digest.hasConstraints()));
  }

  port.on('message', take);
}

work(workerData);
