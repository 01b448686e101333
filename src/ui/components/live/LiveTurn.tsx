import { Box } from 'ink';
import { useDrawContext } from '../../hooks/use-draw-context.ts';
import { reopen } from '../../state/stream-split.ts';
import type { Live, View } from '../../state/view.ts';
import { spinner } from '../../text/glyphs.ts';
import { oneRow } from '../../text/one-row.ts';
import { Reasoning } from '../conversation/Reasoning.tsx';
import { Clip } from '../layout/Clip.tsx';
import { Marked } from '../layout/Marked.tsx';
import { Tone } from '../layout/Tone.tsx';
import { Answer } from '../markdown/Answer.tsx';
import { RunningCall } from '../tool-call/ToolCall.tsx';
import { Activity } from './Activity.tsx';

export type LiveTurnProps = {
  readonly view: View;
  /** Now, in milliseconds as the events have it. */
  readonly at: number;
  /** A question is open: nothing turns, and no time runs. */
  readonly isAsking: boolean;
};

/** What the agent is doing now: the answer as far as it was not printed, the calls that run, what waits to be sent. */
export function LiveTurn({ view, at, isAsking }: LiveTurnProps) {
  const { glyphs } = useDrawContext();
  const { live } = view;
  if (live.phase === 'idle') return null;
  const answer = live.void === '' ? live.text.slice(live.printed) : '';
  const hasBody = live.reasoning !== '' || answer.trim() !== '' || live.calls.length > 0;
  return (
    <Box flexDirection="column" flexShrink={1}>
      {hasBody && (
        <Clip keep="end">
          <LiveReasoning live={live} />
          {answer.trim() !== '' && (
            <Box marginTop={live.rest.isTight ? 0 : 1}>
              <Answer source={reopen(live.rest) + answer} />
            </Box>
          )}
          <LiveCalls live={live} at={at} isAsking={isAsking} />
        </Clip>
      )}
      <Box flexDirection="column" flexShrink={0} marginTop={hasBody ? 1 : 0}>
        {view.queued.map(({ text }, index) => (
          <Marked key={index} mark={`${glyphs.pointer} next:`} role="accent">
            <Tone role="quiet">{oneRow(text)}</Tone>
          </Marked>
        ))}
        <Activity view={view} at={at} isAsking={isAsking} />
      </Box>
    </Box>
  );
}

/** The last rows of the reasoning while it comes. */
function LiveReasoning({ live: { reasoning } }: { readonly live: Live }) {
  const { columns } = useDrawContext();
  const tail = reasoning.trim().slice(-columns * 3);
  return tail === '' ? null : <Reasoning text={tail} ms={0} isOpen />;
}

/** While a question is open, a call that has written nothing waits for its answer. */
function LiveCalls({ live, at, isAsking }: { readonly live: Live; readonly at: number; readonly isAsking: boolean }) {
  const { glyphs, hasReducedMotion } = useDrawContext();
  const mark = hasReducedMotion ? glyphs.call : spinner(glyphs.spinner, at);
  const outputRows = Math.max(1, Math.floor(6 / Math.max(1, live.calls.length)));
  return (
    <Box flexDirection="column">
      {live.calls.map((call) => {
        const isWaiting = isAsking && call.output === '';
        return (
          <RunningCall
            key={call.callId}
            call={call}
            at={isWaiting ? call.startedAt : at}
            mark={isWaiting ? glyphs.call : mark}
            outputRows={outputRows}
          />
        );
      })}
    </Box>
  );
}
