import { Box } from 'ink';
import { sanitize } from '../../../core/text/sanitize.ts';
import type { Item } from '../../state/view.ts';
import { headAndTail } from '../../text/excerpt.ts';
import { expandTabs } from '../../text/expand-tabs.ts';
import { ExcerptRows } from '../layout/ExcerptRows.tsx';
import { Tone } from '../layout/Tone.tsx';

const maxLines = 60;

/** `run`: a command that the user ran with `!`, after its end. */
export type ShellRunProps = { readonly run: Extract<Item, { kind: 'shell' }> };

/** The user's own command with its output. */
export function ShellRun({ run: { command, output, exitCode, isStopped } }: ShellRunProps) {
  const lines = expandTabs(sanitize(output)).replace(/\n+$/, '').split('\n');
  return (
    <Box flexDirection="column">
      <Box>
        <Tone role="accent" bold>
          {'! '}
        </Tone>
        <Tone wrap="wrap">{command}</Tone>
      </Box>
      <Box flexDirection="column" paddingLeft={2}>
        <ExcerptRows excerpt={output.trim() === '' ? [] : headAndTail(lines, maxLines)} />
        {isStopped && <Tone role="quiet">stopped</Tone>}
        {!isStopped && exitCode !== 0 && (
          <Tone role="bad">{exitCode === null ? 'ended by a signal' : `exit ${exitCode}`}</Tone>
        )}
      </Box>
    </Box>
  );
}
