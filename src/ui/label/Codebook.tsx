import { Box } from 'ink';
import type { CodedLabel } from '../../core/qualitative-coding.ts';
import { Clip } from '../components/layout/Clip.tsx';
import { Tone } from '../components/layout/Tone.tsx';
import { Words } from '../components/layout/Words.tsx';
import { useDrawContext } from '../hooks/use-draw-context.ts';
import { currentLabels, type LabelState, shownReadings, usableCodes } from './label-state.ts';
import { describeLabel, roleOf } from './label-text.ts';

/** `state`: its codes and the labels of its run. */
export type CodebookProps = { readonly state: LabelState };

/** The codes that can be given, above the labels of the run; the codes give way where there is no room for both. */
export function Codebook({ state }: CodebookProps) {
  const labels = currentLabels(state);
  return (
    <Box flexDirection="column" rowGap={1}>
      <Codes state={state} />
      <Box flexDirection="column" flexShrink={0}>
        <Tone role="heading">{`Labels of this run: ${labels.length}`}</Tone>
        {labels.map((label, at) => (
          <Label key={at} state={state} label={label} isPicked={at === state.picked} />
        ))}
        {shownReadings(state).map(({ coder, labels: theirs }) => (
          <Box key={coder} flexDirection="column" marginTop={1}>
            <Tone role="accent">{`${coder}:${theirs.length === 0 ? ' none' : ''}`}</Tone>
            {theirs.map((label, at) => (
              <Tone key={at} role={roleOf(state.codes, label.class)}>{`  ${label.class} ${describeLabel(label)}`}</Tone>
            ))}
          </Box>
        ))}
      </Box>
    </Box>
  );
}

function Codes({ state }: CodebookProps) {
  const { glyphs } = useDrawContext();
  const codes = usableCodes(state);
  const picked = codes.findIndex(({ name }) => name === currentLabels(state)[state.picked]?.class);
  return (
    <Box flexDirection="column" flexShrink={1} minHeight={4}>
      <Tone role="heading">Codebook</Tone>
      <Clip keep={picked > codes.length / 2 ? 'end' : 'start'}>
        {codes.map(({ name, summary, isOpen }, at) => (
          <Box key={name} flexDirection="column">
            <Box>
              <Tone role="selected">{at === picked ? `${glyphs.pointer} ` : '  '}</Tone>
              <Tone role="accent">{`${'1234567890'[at] ?? ' '} `}</Tone>
              <Tone role={roleOf(state.codes, name)}>{name}</Tone>
              <Tone role="quiet">{isOpen && ' (added)'}</Tone>
            </Box>
            {at === picked && <Indented text={summary} />}
          </Box>
        ))}
      </Clip>
    </Box>
  );
}

function Label(props: { readonly state: LabelState; readonly label: CodedLabel; readonly isPicked: boolean }) {
  const { state, label, isPicked } = props;
  const { glyphs } = useDrawContext();
  return (
    <Box flexDirection="column">
      <Box>
        <Tone role="selected">{isPicked ? `${glyphs.pointer} ` : '  '}</Tone>
        <Tone role={roleOf(state.codes, label.class)} bold={isPicked}>
          {label.class}
        </Tone>
      </Box>
      <Tone>{`    ${describeLabel(label)}`}</Tone>
      {label.note !== '' && <Indented text={label.note} />}
    </Box>
  );
}

function Indented({ text }: { readonly text: string }) {
  return (
    <Box paddingLeft={4}>
      <Words role="quiet">{text}</Words>
    </Box>
  );
}
