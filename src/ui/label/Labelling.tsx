import { Box, useStdout } from 'ink';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { CodedLabel, LabelScreenOptions } from '../../core/qualitative-coding.ts';
import { LineField } from '../components/composer/LineField.tsx';
import { Barred, Ruled } from '../components/layout/Edged.tsx';
import { Tone } from '../components/layout/Tone.tsx';
import { DrawProvider, useDrawContext } from '../hooks/use-draw-context.ts';
import { useKeys } from '../hooks/use-keys.ts';
import type { TerminalKey } from '../input/key-parser.ts';
import { themeForBackground } from '../text/choose-theme.ts';
import { type DrawContext, sizeOf } from '../text/draw-context.ts';
import { oneRow } from '../text/one-row.ts';
import { createTheme } from '../text/theme.ts';
import { Codebook } from './Codebook.tsx';
import { keepChanges, type LabelMoment, pressKey } from './label-keys.ts';
import { currentRun, type LabelState, startLabelling } from './label-state.ts';
import { Scrolled, Steps } from './Steps.tsx';

export type LabellingProps = {
  readonly options: LabelScreenOptions;
  /** How the screen looks at the start; its size is followed. */
  readonly look: DrawContext;
  readonly onLeave: () => void;
};

/** Narrower than this there is no room for the codebook. */
const narrow = 72;

const keys = '1-0 class  s v e steps  + - sure  l severity  t note  x delete  n next  q save and leave  ? all keys';

/** The labelling screen: head, the run on the left, the codebook on the right, keys at the bottom. */
export function Labelling({ options, look: first, onLeave }: LabellingProps) {
  const moment = useRef<LabelMoment>([startLabelling(options), undefined]);
  const saved = useRef(new Map<string, readonly CodedLabel[]>());
  const [shown, setShown] = useState(moment.current);
  const [look, setLook] = useSizedLook(first);
  const press = useCallback(
    (pressed: readonly TerminalKey[]) => {
      for (const key of pressed) {
        const [before] = moment.current;
        if (before.isLeaving) return;
        if (key.type === 'background') {
          const { red, green, blue } = key;
          setLook((now) => ({ ...now, theme: createTheme(themeForBackground(red, green, blue), now.theme.depth) }));
          continue;
        }
        moment.current = pressKey(moment.current, key);
        const [after] = moment.current;
        keepChanges(before, after, options, saved.current);
        if (after.isLeaving) onLeave();
      }
      setShown(moment.current);
    },
    [options, onLeave, setLook],
  );
  useKeys(press);
  return (
    <DrawProvider value={look}>
      <LabelFrame moment={shown} />
    </DrawProvider>
  );
}

/** One moment of the labelling screen. */
export function LabelFrame({ moment: [state, input] }: { readonly moment: LabelMoment }) {
  const { columns, rows } = useDrawContext();
  const body = Math.max(3, rows - 5);
  const right = columns < narrow ? 0 : Math.min(52, Math.max(30, Math.floor(columns * 0.36)));
  return (
    <Box flexDirection="column" width={columns}>
      <Head state={state} />
      <Box height={body} overflow="hidden">
        <Box flexGrow={1} flexBasis={0} flexDirection="column" height={body} overflow="hidden">
          {state.isHelpShown ? <Help state={state} /> : <Steps state={state} rows={body} />}
        </Box>
        {right > 0 && (
          <Box marginLeft={1} height={body} flexShrink={0}>
            <Barred role="quiet">
              <Box width={right} flexDirection="column">
                <Codebook state={state} />
              </Box>
            </Barred>
          </Box>
        )}
      </Box>
      <Ruled role="quiet" />
      {state.prompt && input ? (
        <LineField prompt={`${state.prompt.title}:`} role="accent" line={input} maxRows={1} />
      ) : (
        <Tone role={state.message === '' ? 'quiet' : 'accent'}>{state.message || keys}</Tone>
      )}
    </Box>
  );
}

/** What run this is, and its task. */
function Head({ state }: { readonly state: LabelState }) {
  const { glyphs } = useDrawContext();
  const run = currentRun(state);
  return (
    <>
      <Box columnGap={2}>
        <Tone role="heading" inverse>
          {state.isAdjudicating ? ' adjudicate ' : ' label '}
        </Tone>
        <Tone role="accent">{`${state.at + 1}/${state.runs.length}`}</Tone>
        <Tone role="heading">{run.id}</Tone>
        <Tone role="quiet">{`${run.agent}  ${run.steps.length} steps`}</Tone>
        <Tone role="good">{state.read.includes(run.key) && `${glyphs.ok} read`}</Tone>
      </Box>
      <Tone role="quiet">{oneRow(run.task.slice(0, 4_000).trim() || ' ')}</Tone>
    </>
  );
}

const help: readonly (readonly [string, string])[] = [
  ['up down, j k', 'step before, step after; PgUp PgDn ten steps; g G first, last'],
  ['space b', 'scroll inside the open step, and here'],
  ['1 .. 9, 0', 'mark the class of that number from the open step on'],
  ['c', 'mark a class by its name'],
  ['s  v  e', 'the label starts, could be known after, ends at the open step'],
  ['+  -', 'more or less sure'],
  ['l', 'severity: low, medium, high'],
  ['t', 'a note: what shows it, with a short quote'],
  ['left right, Tab', 'pick another label of this run'],
  ['x  u', 'delete the label; take back the last change'],
  ['o  m', 'add a code of your own; merge it into another'],
  ['a', 'take over the labels of the next coder (adjudication)'],
  ['n  p', 'save and go to the next or previous run'],
  ['q, Esc', 'save and leave; label continues where you stopped'],
];

/** All keys. */
function Help({ state }: { readonly state: LabelState }) {
  return (
    <Scrolled state={state}>
      <Tone role="heading">Keys; any key but space and b goes back</Tone>
      {help.map(([key, words]) => (
        <Box key={key}>
          <Box width={18} flexShrink={0}>
            <Tone role="accent">{key}</Tone>
          </Box>
          <Tone>{words}</Tone>
        </Box>
      ))}
    </Scrolled>
  );
}

/** The look at the size of the terminal. */
function useSizedLook(first: DrawContext) {
  const { stdout } = useStdout();
  const [look, setLook] = useState(first);
  useEffect(() => {
    const resize = () => setLook((now) => ({ ...now, ...sizeOf(stdout) }));
    stdout.on('resize', resize);
    return () => {
      stdout.off('resize', resize);
    };
  }, [stdout]);
  return [look, setLook] as const;
}
