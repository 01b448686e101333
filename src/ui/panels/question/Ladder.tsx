import { Box } from 'ink';
import { count } from '../../../core/text/count.ts';
import { stepRange } from '../../../core/text/step-range.ts';
import { Words } from '../../components/layout/Words.tsx';
import type { LadderQuestion } from '../../screen-deps.ts';

export type LadderProps = { readonly question: LadderQuestion };

/** Why the observer asks the user: what it saw, where, and what did not help. */
export function Ladder({ question: { evidence, evidenceSteps, reminders } }: LadderProps) {
  const tried = reminders === 0 ? 'no reminder was given' : `${count(reminders, 'reminder')} did not help`;
  return (
    <Box flexDirection="column">
      <Words>{evidence}</Words>
      <Words role="quiet">{`${stepRange(evidenceSteps)}; ${tried}`}</Words>
    </Box>
  );
}
