import { randomBytes } from 'node:crypto';
import type { Ask, Question } from '../../core/model.ts';
import type { Usage } from '../../core/types.ts';
import { estimateUsage } from '../../model/answer/reply.ts';
import { createAccount } from '../review/account/account.ts';
import { mayConstrain } from '../review/may-constrain.ts';
import { createReviewer, type Reviewer } from '../review/reviewer.ts';
import type { NormalizedStep } from '../step/normalized-step.ts';
import { createClaimCheck } from './check-claims.ts';
import { createDetectionPipeline } from './detection-pipeline.ts';
import type { FromWorker, ToWorker, WorkerSettings } from './protocol.ts';
import { isInRepository, readRepositoryState } from './repository-state.ts';

/**
 * The second wiring place: what looks at the steps, in the observer's thread or in a process of its own. Gives what takes messages; what it finds
 * goes to `post`.
 */
export function createMessageHandler(
  settings: WorkerSettings,
  post: (message: FromWorker) => void,
): (message: ToWorker) => void {
  const fence = randomBytes(6).toString('hex');
  const dirtyFiles = [...settings.facts.dirtyFiles];
  const facts = { ...settings.facts, dirtyFiles };
  const looksForRepository = (): boolean | undefined => isInRepository(facts.cwd);
  const account = createAccount({ ...facts, instructions: facts.instructions ?? [], fence, looksForRepository });
  account.setLedger(settings.ledger);
  for (const finding of settings.findings) account.findingHistory.add(finding);
  const pipeline = createDetectionPipeline({ ...settings, facts });
  const claimCheck = createClaimCheck(facts, readRepositoryState);
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
    const opening = createReviewer({ ...settings, account, fence, post, ask, estimate });
    opening.setFree(settings.isServerFree);
    return opening;
  }

  function see(step: NormalizedStep, isSilent: boolean): void {
    const { signals, reviews } = pipeline.step(step, step.endsTurn === true);
    if (!isSilent) for (const signal of signals) post({ kind: 'signal', signal });
    // The next request waits for this, and for nothing that only a later question needs.
    post({ kind: 'seen', index: step.index });
    account.add(step);
    claimCheck.feed(step);
    for (const signal of signals) account.findingHistory.add(signal);
    if (isSilent) return;
    for (const text of step.userTexts) if (mayConstrain(text)) reviewer?.readConstraints(text);
    reviewer?.request(reviews);
  }

  function take(message: ToWorker): void {
    switch (message.kind) {
      case 'step':
        see(message.step, false);
        break;
      case 'catch-up':
        for (const step of message.steps) see(step, step.index <= message.knownUntil);
        break;
      case 'turn-end':
        void endTurn(message.index);
        break;
      case 'cut-turn-end':
        pipeline.giveBack(reviewer?.cutReviews() ?? 0);
        break;
      case 'compacted':
        reviewer?.request(pipeline.compacted());
        break;
      case 'server':
        reviewer?.setFree(message.isFree);
        break;
      case 'advise':
        reviewer?.advise(message.verdict);
        break;
      case 'finding':
        account.findingHistory.add(message.finding);
        break;
      case 'reminded':
        account.findingHistory.noteReminder(message.class, message.step);
        break;
      case 'dirty-files':
        dirtyFiles.push(...message.paths);
        break;
      case 'ledger':
        account.setLedger(message.lines);
        break;
      default:
        message satisfies never;
    }
  }

  /** The world is asked first, so that the judge need not be asked about what is known. */
  async function endTurn(index: number): Promise<void> {
    post({ kind: 'reviewing', index });
    // A look that fails says nothing; the turn is not held up for it.
    for (const signal of await claimCheck.look().catch(() => [])) {
      account.findingHistory.add(signal);
      post({ kind: 'signal', signal });
    }
    if (reviewer === undefined) {
      post({ kind: 'settled', index });
      return;
    }
    pipeline.giveBack(reviewer.cutReviews());
    reviewer.turnEnd(index, pipeline.turnEnd(index));
  }

  return take;
}
