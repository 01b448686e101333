import { Box } from 'ink';
import { useDrawContext } from '../../hooks/use-draw-context.ts';
import { lowRows } from '../../panels/question/Question.tsx';
import type { LiveSnapshot } from '../../state/view-store.ts';
import { Composer } from '../composer/Composer.tsx';
import { SelectList } from '../layout/SelectList.tsx';
import { Tone } from '../layout/Tone.tsx';
import { Words } from '../layout/Words.tsx';
import { RunningCall } from '../tool-call/ToolCall.tsx';
import { LiveTurn } from './LiveTurn.tsx';
import { Plan } from './Plan.tsx';
import { StatusLine } from './StatusLine.tsx';

export type LiveProps = { readonly shot: LiveSnapshot };

/** The live region: what goes on, then what has the keys, then the status line. */
export function Live({ shot }: LiveProps) {
  const { view, at, question, status } = shot;
  const { rows } = useDrawContext();
  // In a low window the question has the room: nobody says yes to what they can't see.
  if (question && rows < lowRows) return <Lower shot={shot} />;
  return (
    <>
      <Box flexDirection="column" flexShrink={1} marginTop={1} overflow="hidden">
        <LiveTurn view={view} at={at} isAsking={question !== undefined} />
        <UserShell shot={shot} />
      </Box>
      {view.live.phase !== 'idle' && !question && <Plan items={view.plan} maxRows={rows < 20 ? 1 : 5} />}
      <Lower shot={shot} />
      <StatusLine view={view} {...status} />
      {status.own && <Tone role="quiet">{status.own}</Tone>}
    </>
  );
}

/** A list or a question that has the keys is in the place of the composer; a question that waits comes above it. */
function Lower({ shot }: LiveProps) {
  const { panel, question, questionState, composer } = shot;
  if (panel)
    return (
      <>
        {question && <Tone role="warn">A question waits: Esc closes this list and leads to it</Tone>}
        {panel()}
      </>
    );
  const hasKeys = !question || questionState === 'waits';
  return (
    <>
      {question?.(questionState)}
      {(hasKeys || composer.buffer.text !== '') && <Writing shot={shot} hasKeys={hasKeys} />}
      <Hint shot={shot} />
    </>
  );
}

function Writing({ shot, hasKeys }: LiveProps & { readonly hasKeys: boolean }) {
  const { composer, completion, isRunning, question } = shot;
  const { rows } = useDrawContext();
  const placeholder = isRunning
    ? 'Enter sends this at the next step'
    : 'Ask for something, / for commands, @ for files, ! for a shell command';
  const most = Math.min(12, question ? Math.max(1, Math.floor(rows / 5)) : Math.max(3, rows - 8));
  return (
    <Box flexDirection="column" flexShrink={0}>
      <Composer buffer={composer.buffer} maxRows={most} placeholder={placeholder} hasKeys={hasKeys} />
      {completion && (
        <SelectList
          entries={completion.candidates.map(({ text, detail }) => ({ label: text, detail }))}
          selected={completion.selected}
          maxRows={Math.max(2, Math.min(8, Math.floor(rows / 3)))}
        />
      )}
      {completion?.note && <Words role="quiet">{completion.note}</Words>}
    </Box>
  );
}

/** What the last key did, for a moment; a question in a low window leaves it one row. */
function Hint({ shot: { completion, hint, question } }: LiveProps) {
  const { rows } = useDrawContext();
  if (completion || !hint) return null;
  return (
    <Box flexShrink={0}>
      {question && rows < lowRows ? <Tone role="warn">{hint.text}</Tone> : <Words role="warn">{hint.text}</Words>}
    </Box>
  );
}

/** The command that the user runs with `!`. */
function UserShell({ shot: { shell, at } }: LiveProps) {
  const { glyphs } = useDrawContext();
  if (!shell) return null;
  const { command, startedAt, output } = shell;
  return (
    <RunningCall
      call={{ callId: '', name: '!', title: command, input: {}, startedAt, output }}
      at={at}
      mark={glyphs.call}
      outputRows={8}
      hint="Esc ends it"
    />
  );
}
