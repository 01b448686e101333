import { Box } from 'ink';
import type { RunResult } from '../../../core/run/run-result.ts';
import type { Role } from '../../../core/screen/theme-roles.ts';
import { count } from '../../../core/text/count.ts';
import type { Outcome } from '../../../core/types.ts';
import { useDrawContext } from '../../hooks/use-draw-context.ts';
import type { Item } from '../../state/view.ts';
import { duration, money, tokens } from '../../text/shown-figures.ts';
import { Tone } from '../layout/Tone.tsx';
import { CompletionTable } from './CompletionTable.tsx';
import { Notice } from './Notice.tsx';

/** `end`: how a run ended, and what it took. */
export type ResultLineProps = { readonly end: Extract<Item, { kind: 'result' }> };

const endings: Readonly<Record<Exclude<Outcome, 'denied'>, readonly [Role, string]>> = {
  done: ['good', 'done'],
  error: ['bad', 'failed'],
  'turn-limit': ['warn', 'stopped at the turn limit'],
  budget: ['warn', 'stopped: the budget is used up'],
  timeout: ['warn', 'stopped at the time limit'],
  stuck: ['warn', 'stopped by the observer: no way out was found'],
  aborted: ['warn', 'Interrupted. What should it do instead?'],
};

/** The last line of a run. An interruption that the user asked for needs no further explanation. */
export function ResultLine({ end: { result, steps, declined, usage, ms } }: ResultLineProps) {
  const { glyphs } = useDrawContext();
  const [role, words] = result.outcome === 'denied' ? endOfDenied(result, declined) : endings[result.outcome];
  const facts = [
    count(steps, 'step'),
    `${tokens(usage.inputTokens + usage.outputTokens)} tokens`,
    money(usage.costUsd),
    duration(ms),
  ].filter((fact) => fact !== undefined);
  const mark = result.outcome === 'done' ? glyphs.ok : role === 'good' ? glyphs.dot : '!';
  return (
    <Box flexDirection="column">
      <Box>
        <Tone isKept role={role}>{`${mark} ${words}`}</Tone>
        <Tone role="quiet">{` ${glyphs.dot} ${facts.join(` ${glyphs.dot} `)}`}</Tone>
      </Box>
      {result.error && result.outcome !== 'aborted' && <Notice level="bad" text={result.error} />}
      {result.completion && <CompletionTable report={result.completion} />}
    </Box>
  );
}

/** The work was done but for some calls; or, where there is an error, a hook ended it. */
function endOfDenied({ error }: RunResult, declined: number): readonly [Role, string] {
  if (error !== undefined) return ['warn', 'stopped by a hook'];
  return ['good', `done; ${declined > 1 ? `${declined} calls were` : 'one call was'} declined`];
}
