import { Box } from 'ink';
import { useDrawContext } from '../../hooks/use-draw-context.ts';
import type { Live, View } from '../../state/view.ts';
import { spinner } from '../../text/glyphs.ts';
import { oneRow } from '../../text/one-row.ts';
import { duration, tokens } from '../../text/shown-figures.ts';
import { Tone } from '../layout/Tone.tsx';

export type ActivityProps = { readonly view: View; readonly at: number; readonly isAsking: boolean };

const words: Readonly<Record<Live['phase'], string>> = {
  idle: '',
  waiting: 'waiting for the model',
  thinking: 'thinking',
  writing: 'writing',
  tools: 'working',
};

/** One row: what goes on, for how long, and how to stop it; while a request is tried again, why is below it. */
export function Activity({ view, at, isAsking }: ActivityProps) {
  const { glyphs, hasReducedMotion } = useDrawContext();
  const { live, run } = view;
  const sign = hasReducedMotion || isAsking ? glyphs.dot : spinner(glyphs.spinner, at);
  const elapsed = Math.max(0, at - (run.startedAt || live.startedAt));
  const facts = [
    elapsed >= 1000 && !isAsking ? duration(Math.floor(elapsed / 1000) * 1000) : '',
    run.usage.outputTokens > 0 ? `${tokens(run.usage.outputTokens)} tokens written` : '',
    isAsking ? '' : 'Esc interrupts',
  ].filter((fact) => fact !== '');
  return (
    <Box flexDirection="column">
      <Box>
        <Tone isKept role={live.retry ? 'warn' : 'accent'}>{`${sign} ${doing(live, at, isAsking)}`}</Tone>
        <Tone role="quiet">{facts.map((fact) => ` ${glyphs.dot} ${fact}`).join('')}</Tone>
      </Box>
      {live.retry && <Tone role="quiet">{`  ${oneRow(live.retry.reason)}`}</Tone>}
    </Box>
  );
}

function doing({ retry, phase }: Live, at: number, isAsking: boolean): string {
  if (!retry) return isAsking ? 'waiting for you' : words[phase];
  const left = retry.until - at;
  const wait = left >= 1000 ? ` in ${Math.ceil(left / 1000)} s` : '';
  return `asking again${wait}, try ${retry.attempt}`;
}
