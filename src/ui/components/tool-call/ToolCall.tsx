import { Box } from 'ink';
import type { ReactNode } from 'react';
import type { DiffView } from '../../../core/screen/result-view.ts';
import { count } from '../../../core/text/count.ts';
import type { ToolResult } from '../../../core/types.ts';
import { useDrawContext } from '../../hooks/use-draw-context.ts';
import type { FinishedCall, LiveCall } from '../../state/view.ts';
import { oneRow } from '../../text/one-row.ts';
import { duration } from '../../text/shown-figures.ts';
import { Marked } from '../layout/Marked.tsx';
import { Tone } from '../layout/Tone.tsx';
import { type Extent, hasBody, outputLines, quietExtent, ResultBody } from './ResultBody.tsx';

/** One quiet line for a finished call, with a short look at what it did where that says something. */
export function ToolCall({ call, extent = quietExtent }: { readonly call: FinishedCall; readonly extent?: Extent }) {
  return (
    <Box flexDirection="column">
      <CallHead call={call} />
      {hasBody(call.result, extent) && (
        <Under>
          <ResultBody result={call.result} extent={extent} />
        </Under>
      )}
    </Box>
  );
}

/** The head alone: mark, name, title, and how it ended. */
export function CallHead({ call: { title, name, result, isPast } }: { readonly call: FinishedCall }) {
  const { glyphs } = useDrawContext();
  const facts = [
    isPast ? 'ran in the background' : summary(result),
    result.ms >= 1000 ? duration(result.ms) : '',
  ].filter((fact) => fact !== '');
  return (
    <CallLine
      mark={result.isError ? glyphs.failed : glyphs.call}
      role={result.isError ? 'bad' : 'good'}
      name={name}
      title={title}
      facts={facts.join(` ${glyphs.dot} `)}
    />
  );
}

export type LiveCallProps = {
  readonly call: LiveCall;
  /** Now, in milliseconds as the events have it. */
  readonly at: number;
  readonly mark: string;
  /** Rows of its output at most. */
  readonly outputRows: number;
  /** Said behind its time. */
  readonly hint?: string;
};

/** A call that is still running: its time and the last rows of its output. */
export function RunningCall({ call, at, mark, outputRows, hint }: LiveCallProps) {
  const { glyphs } = useDrawContext();
  if (call.result) return <CallHead call={{ ...call, result: call.result }} />;
  const elapsed = at - call.startedAt;
  const lines = outputRows > 0 ? outputLines(call.output).slice(-outputRows) : [];
  return (
    <Box flexDirection="column">
      <CallLine
        mark={mark}
        role="accent"
        name={call.name}
        title={call.title}
        facts={[...(elapsed >= 1000 ? [duration(elapsed)] : []), ...(hint ? [hint] : [])].join(` ${glyphs.dot} `)}
      />
      {lines.length > 0 && (
        <Under>
          {lines.map((line, index) => (
            <Tone key={index} role="quiet">
              {line}
            </Tone>
          ))}
        </Under>
      )}
    </Box>
  );
}

type CallLineProps = {
  readonly mark: string;
  readonly role: 'good' | 'bad' | 'accent';
  readonly name: string;
  readonly title: string;
  readonly facts: string;
};

function CallLine({ mark, role, name, title, facts }: CallLineProps) {
  return (
    <Box>
      <Box flexShrink={0}>
        <Tone role={role}>{`${mark} `}</Tone>
        <Tone bold>{name}</Tone>
      </Box>
      {title !== '' && <Tone>{` ${oneRow(title)}`}</Tone>}
      {facts !== '' && <Tone isKept role="quiet">{`  ${facts}`}</Tone>}
    </Box>
  );
}

/** Hangs what is in it under a call. */
function Under({ children }: { readonly children: ReactNode }) {
  const { glyphs } = useDrawContext();
  return (
    <Marked mark={`  ${glyphs.branch}`} role="quiet">
      {children}
    </Marked>
  );
}

function summary({ view, errorKind, isError, output }: ToolResult): string {
  if (errorKind === 'denied') return 'declined';
  if (errorKind === 'blocked') return 'held back by the observer';
  if (errorKind === 'aborted') return 'interrupted';
  if (view?.kind === 'diff') return `+${view.added} -${view.removed}`;
  if (view?.kind === 'patch') return summaryOf(view.files);
  if (view?.kind === 'command' && view.isRunning) return 'runs in the background';
  if (view?.kind === 'command')
    return view.exitCode === 0 ? '' : view.exitCode === null ? 'ended by a signal' : `exit ${view.exitCode}`;
  if (view?.kind === 'list') return '';
  if (isError) return 'failed';
  return output === '' ? '' : count(output.split('\n').length, 'line');
}

function summaryOf(files: readonly DiffView[]): string {
  const names = new Set(files.map(({ path }) => path));
  const sum = (count: (file: DiffView) => number) => files.reduce((all, file) => all + count(file), 0);
  return `${count(names.size, 'file')} +${sum(({ added }) => added)} -${sum(({ removed }) => removed)}`;
}
