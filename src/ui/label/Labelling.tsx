import { Box, useStdout } from 'ink';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { CodedLabel } from '../../core/labels.ts';
import { LineField } from '../components/composer/LineField.tsx';
import { Row, Rows } from '../components/layout/Row.tsx';
import { Tone } from '../components/layout/Tone.tsx';
import { useKeys } from '../hooks/use-keys.ts';
import { LookProvider } from '../hooks/use-look.ts';
import type { Key } from '../input/keys.ts';
import type { DrawContext } from '../text/look.ts';
import { createTheme } from '../text/theme.ts';
import { themeForBackground } from '../text/themes.ts';
import { drawHead, drawHelp, drawSteps } from './draw.ts';
import { drawCodebook } from './draw-codebook.ts';
import { keepChanges, type LabelMoment, pressKey } from './keys.ts';
import type { LabelScreenOptions } from './options.ts';
import { startLabelling } from './state.ts';

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
    (pressed: readonly Key[]) => {
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
    <LookProvider value={look}>
      <LabelFrame moment={shown} look={look} />
    </LookProvider>
  );
}

/** One moment of the labelling screen. */
export function LabelFrame({
  moment: [state, input],
  look,
}: {
  readonly moment: LabelMoment;
  readonly look: DrawContext;
}) {
  const { columns, rows, glyphs } = look;
  const body = Math.max(3, rows - 5);
  const right = columns < narrow ? 0 : Math.min(52, Math.max(30, Math.floor(columns * 0.36)));
  const left = right === 0 ? columns : columns - right - 3;
  return (
    <Box flexDirection="column" width={columns}>
      {drawHead(state, look).map((line, index) => (
        <Row key={index} line={line} />
      ))}
      <Box height={body} overflow="hidden">
        <Box width={left} flexShrink={0} flexDirection="column">
          <Rows lines={(state.isHelpShown ? drawHelp() : drawSteps(state, look, left, body)).slice(0, body)} />
        </Box>
        {right > 0 && (
          <>
            <Box width={3} flexShrink={0} flexDirection="column">
              {Array.from({ length: body }, (_, index) => (
                <Tone key={index} role="quiet">{` ${glyphs.bar} `}</Tone>
              ))}
            </Box>
            <Rows lines={drawCodebook(state, look, right, body).slice(0, body)} />
          </>
        )}
      </Box>
      <Tone role="quiet">{glyphs.rule.repeat(columns)}</Tone>
      {state.prompt && input ? (
        <LineField prompt={`${state.prompt.title}:`} role="accent" line={input} />
      ) : (
        <Tone role={state.message === '' ? 'quiet' : 'accent'}>{state.message || keys}</Tone>
      )}
    </Box>
  );
}

/** The look at the size of the terminal. The last column and the last row stay free. */
function useSizedLook(first: DrawContext) {
  const { stdout } = useStdout();
  const [look, setLook] = useState(() => sized(first, stdout));
  useEffect(() => {
    const resize = () => setLook((now) => sized(now, stdout));
    stdout.on('resize', resize);
    return () => {
      stdout.off('resize', resize);
    };
  }, [stdout]);
  return [look, setLook] as const;
}

function sized(look: DrawContext, stdout: NodeJS.WriteStream): DrawContext {
  return { ...look, columns: Math.max(20, (stdout.columns || 80) - 1), rows: stdout.rows || 24 };
}
