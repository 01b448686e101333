import { Box } from 'ink';
import type { ReactNode } from 'react';
import type { CodedStep } from '../../core/qualitative-coding.ts';
import { Clip } from '../components/layout/Clip.tsx';
import { Tone } from '../components/layout/Tone.tsx';
import { Words } from '../components/layout/Words.tsx';
import { useDrawContext } from '../hooks/use-draw-context.ts';
import { currentLabels, currentRun, type LabelState } from './label-state.ts';
import { roleOf } from './label-text.ts';

/** `rows`: how many there are for all steps. */
export type StepsProps = { readonly state: LabelState; readonly rows: number };

/** One row a step, but for the one that is open: it takes what room the others leave. */
export function Steps({ state, rows }: StepsProps) {
  const { steps } = currentRun(state);
  const open = steps[state.cursor];
  if (open === undefined) return <Tone role="quiet">This run has no steps.</Tone>;
  const others = Math.min(steps.length - 1, Math.max(4, Math.floor(rows * 0.4)));
  const below = Math.min(steps.length - 1 - state.cursor, Math.max(Math.ceil(others / 2), others - state.cursor));
  const draw = (from: number, to: number) =>
    steps.slice(from, to).map((step, index) => <StepRow key={step.index} state={state} at={from + index} />);
  return (
    <>
      {draw(state.cursor - Math.min(state.cursor, others - below), state.cursor + 1)}
      <Box flexDirection="column" flexShrink={1} paddingLeft={6}>
        <Scrolled state={state}>
          <Details step={open} />
        </Scrolled>
      </Box>
      <Box flexDirection="column" flexGrow={1} flexShrink={0} flexBasis={below} overflow="hidden">
        {draw(state.cursor + 1, state.cursor + rows)}
      </Box>
    </>
  );
}

/** As much of a column as there is room for. */
export function Scrolled({ state, children }: { readonly state: LabelState; readonly children: ReactNode }) {
  const { glyphs } = useDrawContext();
  const more = (after: number, before: number) => (
    <Tone role="quiet">{`${glyphs.ellipsis} ${before} rows above, ${after} below (space, b)`}</Tone>
  );
  return (
    <Clip keep="start" skip={state.scroll} more={more}>
      {children}
    </Clip>
  );
}

function StepRow({ state, at }: { readonly state: LabelState; readonly at: number }) {
  const { glyphs } = useDrawContext();
  const step = currentRun(state).steps[at]!;
  const call = step.calls[0];
  const isOpen = at === state.cursor;
  const words = call ? `${call.name}  ${firstLine(call.input)}` : firstLine(step.text) || '(nothing)';
  return (
    <Box flexShrink={0}>
      <Marks state={state} step={step.index} />
      <Box width={4} flexShrink={0} justifyContent="flex-end">
        <Tone role={isOpen ? 'selected' : 'quiet'}>{step.index}</Tone>
      </Box>
      <Box flexShrink={0} width={3}>
        <Tone role="selected">{isOpen && ` ${glyphs.pointer} `}</Tone>
      </Box>
      <Box flexShrink={0}>
        <Tone role="user">{step.user !== '' && 'user '}</Tone>
        <Tone role="bad">{step.calls.some((one) => one.isError) && `${glyphs.failed} `}</Tone>
      </Box>
      <Tone role={isOpen ? 'heading' : undefined}>
        {words}
        {step.calls.length > 1 && ` +${step.calls.length - 1}`}
      </Tone>
    </Box>
  );
}

/** The labels that cover a step, as coloured bars before its number: two columns, the picked one solid. */
function Marks({ state, step }: { readonly state: LabelState; readonly step: number }) {
  const { glyphs } = useDrawContext();
  const covering = currentLabels(state)
    .map((label, at) => ({ label, isPicked: at === state.picked }))
    .filter(({ label: { start, end } }) => start <= step && step <= end);
  return (
    <Box width={2} flexShrink={0}>
      {covering.slice(0, 2).map(({ label, isPicked }, index) => (
        <Tone key={index} role={roleOf(state.codes, label.class)}>
          {label.visible === step ? glyphs.observer : isPicked ? glyphs.full : glyphs.bar}
        </Tone>
      ))}
    </Box>
  );
}

function firstLine(text: string): string {
  return text.trim().split('\n', 1)[0] ?? '';
}

/** The step in full: what the user said, what the agent said, each call and its result. */
function Details({ step: { user, text, calls } }: { readonly step: CodedStep }) {
  return (
    <>
      {user.trim() !== '' && (
        <Box marginBottom={1}>
          <Words role="user">{user.trim()}</Words>
        </Box>
      )}
      {text.trim() !== '' && <Words>{text.trim()}</Words>}
      {calls.map(({ name, input, output, isError }, index) => (
        <Box key={index} flexDirection="column">
          <Tone role="accent">{name}</Tone>
          <Words role="code">{input}</Words>
          <Words role={isError ? 'bad' : 'quiet'}>{output.trim() || '(no output)'}</Words>
        </Box>
      ))}
    </>
  );
}
