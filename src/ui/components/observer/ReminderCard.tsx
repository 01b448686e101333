import { Box } from 'ink';
import { stepRange } from '../../../core/text/step-range.ts';
import type { Reminder } from '../../../core/types.ts';
import { useDrawContext } from '../../hooks/use-draw-context.ts';
import { Barred } from '../layout/Edged.tsx';
import { Words } from '../layout/Words.tsx';

/** `reminder`: what the observer put before the model, or in shadow would have put. */
export type ReminderCardProps = { readonly reminder: Reminder };

/** Who spoke, about what, on which evidence, and the very words that the model got. */
export function ReminderCard({ reminder }: ReminderCardProps) {
  const { glyphs } = useDrawContext();
  const isShadow = reminder.mode === 'shadow';
  const role = isShadow ? 'shadow' : 'observer';
  const silent = reminder.withheld ? 'the observer withheld, at random' : 'the observer would have said';
  const spoke = isShadow ? silent : 'the observer said to the model';
  const text = reminder.text.trim();
  const steps = reminder.evidenceSteps.length > 0 ? ` ${glyphs.dot} ${stepRange(reminder.evidenceSteps)}` : '';
  return (
    <Box flexDirection="column">
      <Words role={role} bold>
        {`${glyphs.observer} ${spoke} ${glyphs.dot} ${reminder.class}${steps}`}
      </Words>
      <Barred role={role}>
        {!beginsWith(text, reminder.evidence) && <Words role="quiet">{reminder.evidence}</Words>}
        <Words>{text}</Words>
      </Barred>
    </Box>
  );
}

/** Most reminders begin with their evidence as a sentence: it is not said twice. */
function beginsWith(text: string, evidence: string): boolean {
  return text.toLowerCase().startsWith(evidence.trim().toLowerCase());
}
