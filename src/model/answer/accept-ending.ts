import { isObject, parseJson } from '../../core/text/json.ts';
import type { Habits } from '../endpoint-habits.ts';
import { brokenStream } from '../http/fault.ts';
import { hostOf } from '../http/fault-messages.ts';
import type { Collected } from './collector.ts';

/**
 * An answer that came without a finish reason: with `[DONE]` it is whole, without it the connection may have been cut, so it is asked
 * once more and taken when it ends so again. `triesBefore`: how often this answer has ended so already. Throws Fault to ask again.
 */
export function acceptEnding(
  collected: Collected,
  habits: Habits,
  triesBefore: number,
  baseUrl: string,
  onWarning: (message: string) => void,
): Collected {
  if (collected.finish !== undefined) {
    habits.givesFinish = true;
    return collected;
  }
  const isSaidDone = collected.isDone === true;
  const isTaken = isSaidDone || habits.endsSilently || triesBefore > 0;
  if (!isTaken || !hasWholeContent(collected)) throw brokenStream('the answer ended without a finish reason');
  if (!isSaidDone && !habits.givesFinish) habits.endsSilently = true;
  onWarning(
    isSaidDone
      ? `${hostOf(baseUrl)} gives no finish reason; an answer that ends with [DONE] is taken as whole.`
      : `${hostOf(baseUrl)} ended its answer without a finish reason and without [DONE]${triesBefore > 0 ? ', twice' : ''}; what came was taken, and it may lack its end.`,
  );
  return { ...collected, finish: collected.calls.length > 0 ? 'tool-calls' : 'stop' };
}

/** Something was said, and no call breaks off in its arguments. */
function hasWholeContent({ text, calls }: Collected): boolean {
  const areWhole = calls.every((call) => call.arguments.trim() === '' || isObject(parseJson(call.arguments)));
  return areWhole && (calls.length > 0 || text.trim() !== '');
}
