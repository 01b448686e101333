import { Box, type DOMElement, measureElement } from 'ink';
import { useLayoutEffect, useRef, useState } from 'react';
import { count } from '../../../core/text/count.ts';
import { LineField } from '../../components/composer/LineField.tsx';
import { Clip } from '../../components/layout/Clip.tsx';
import { Ruled } from '../../components/layout/Edged.tsx';
import { Marked } from '../../components/layout/Marked.tsx';
import { Tone } from '../../components/layout/Tone.tsx';
import { Words } from '../../components/layout/Words.tsx';
import { useDrawContext } from '../../hooks/use-draw-context.ts';
import type { QuestionState } from '../panel.ts';
import { type Asked, numbersOf, type Writing } from './option.ts';

export type QuestionProps = {
  /** What is asked. */
  readonly choice: Asked<unknown>;
  /** Who has the keys, and whether one came too soon. */
  readonly state: QuestionState;
  readonly selected: number;
  /** The answer whose words are being written. */
  readonly writing: Writing | undefined;
  /** What is wrong with these words. */
  readonly problem: string | undefined;
  /** All of the body was in sight, on its page. */
  readonly wasSeen: boolean;
  /** Rows of the body that nobody has seen. */
  readonly hiddenRows: number;
  /** The size of the screen, and who has the keys, where there is no room for the answers as well as for what they are about. */
  readonly unseenAt: string | undefined;
  /** Told how many rows of the body are seen next to the answers, and at which size. */
  readonly onFit: (seen: number, rows: number, place: string) => void;
};

/** Fewer rows than this leave none for what is not needed. */
export const lowRows = 16;

/** Something that is asked, with its answers: what is granted is shown whole at every width. */
export function Question(props: QuestionProps) {
  const { choice, state, writing, problem, wasSeen, unseenAt, onFit } = props;
  const { title, body, showsEnd, isSeenWhole, openAll } = choice;
  const waiting = choice.waiting?.() ?? 0;
  const isWaiting = state === 'waits';
  const hasMissed = state === 'asks again';
  const { glyphs, rows: screenRows, columns, takesLines = false } = useDrawContext();
  const isLow = screenRows < lowRows;
  const place = `${columns} x ${screenRows}${isWaiting ? ', waits' : ''}`;
  const isUnseen = unseenAt === place;
  const grants = choice.options.some(({ allows }) => allows);
  const opening = !openAll ? '' : columns < 36 ? ': Ctrl+O' : ': Ctrl+O shows all';
  const before = openAll && isSeenWhole && !wasSeen && columns >= 50 ? ', before a yes' : '';
  const more = (rows: number) => (
    <Tone role="warn">{`  ${glyphs.ellipsis} ${count(rows, 'more line')}${opening}${before}`}</Tone>
  );
  return (
    <Ruled role="accent" shrinks>
      <Box flexShrink={0}>
        <Tone role="accent" bold>
          {title}
        </Tone>
        {waiting > 0 && <Tone role="quiet">{`  (${waiting} more waiting)`}</Tone>}
      </Box>
      <Clip keep={showsEnd ? 'ends' : 'start'} more={more} onFit={(seen, rows) => onFit(seen, rows, place)}>
        <Box flexDirection="column" paddingLeft={2}>
          {body}
        </Box>
      </Clip>
      {!isUnseen && grants && <Answers {...props} />}
      {!grants && !(isLow && writing) && <AnswersAsThereIsRoom {...props} />}
      <Box flexDirection="column" flexShrink={0}>
        {writing && <LineField prompt={`  ${writing.prompt}`} role="quiet" line={writing.line} />}
        {problem && (
          <Box paddingLeft={2}>
            <Words role="bad">{problem}</Words>
          </Box>
        )}
        {isUnseen && !isWaiting && !writing && (
          <Words role="warn">{`No room for a yes: ${wasSeen ? 'make the window larger' : 'Ctrl+O shows all'}, n is no`}</Words>
        )}
        {(isWaiting || hasMissed || writing || !isLow) && (
          <Words role={isWaiting || hasMissed ? 'warn' : 'quiet'}>
            {takesLines ? lineHelpOf(props) : helpOf(props, glyphs.dot)}
          </Words>
        )}
      </Box>
    </Ruled>
  );
}

/** The rows below the question, one of them empty where there is room for that. */
function Answers(props: QuestionProps) {
  const { rows } = useDrawContext();
  return (
    <Box flexDirection="column" flexShrink={0} marginTop={rows < lowRows ? 0 : 1}>
      <AnswerRows {...props} />
    </Box>
  );
}

/** In a low window only the answers around the marked one are seen, so that the question is seen as well. */
function AnswersAsThereIsRoom(props: QuestionProps) {
  const { glyphs, rows } = useDrawContext();
  const [skip, setSkip] = useState(0);
  const above = useRef<DOMElement>(null);
  useLayoutEffect(() => {
    setSkip(above.current ? measureElement(above.current).height : 0);
  });
  return (
    <Box flexDirection="column" flexShrink={4} minHeight={2} marginTop={rows < lowRows ? 0 : 1}>
      <Clip
        keep="start"
        skip={skip}
        more={() => <Tone role="quiet">{`  ${glyphs.ellipsis} arrows: more answers`}</Tone>}
      >
        <Box ref={above} flexDirection="column">
          <AnswerRows {...props} to={props.selected} />
        </Box>
        <AnswerRows {...props} from={props.selected} />
      </Clip>
    </Box>
  );
}

type AnswerRowsProps = Pick<QuestionProps, 'choice' | 'state' | 'selected' | 'writing' | 'wasSeen' | 'hiddenRows'> & {
  /** Those of the answers, from the first on and up to the last. */
  readonly from?: number;
  readonly to?: number;
};

function AnswerRows({ from = 0, to, choice, state, selected, writing, wasSeen, hiddenRows }: AnswerRowsProps) {
  const { glyphs } = useDrawContext();
  const isUnseen = hiddenRows > 0 && (wasSeen || !choice.isSeenWhole);
  return choice.options.slice(from, to).map(({ label, number, input, allows }, place) => {
    const index = from + place;
    const isSelected = state !== 'waits' && index === selected;
    const rule = writing?.index === index || !input?.initial ? '' : ` ${input.initial}`;
    const words = allows && isUnseen ? `${rule} (${count(hiddenRows, 'line')} not shown)` : rule;
    return (
      <Marked
        key={index}
        mark={`${isSelected ? glyphs.pointer : ' '} ${number ?? index + 1}.`}
        role={isSelected ? 'selected' : 'quiet'}
      >
        <Words role={isSelected ? 'selected' : undefined}>{label + words}</Words>
      </Marked>
    );
  });
}

function lineHelpOf({ choice: { escapeMeans }, writing }: QuestionProps): string {
  return `${writing ? 'Your words' : 'The number of an answer'}, then Enter; Ctrl+C ${escapeMeans}`;
}

function helpOf(props: QuestionProps, dot: string): string {
  const { choice, state, writing } = props;
  const { options, escapeMeans } = choice;
  if (state === 'waits') return `${dot} waits while you type: your words stay below; Tab answers it`;
  if (state === 'holds an answer') return `${dot} Enter answers now, another key takes it back`;
  if (state === 'asks again') return `${dot} that key came too soon to be an answer: press it again`;
  const numbers = numbersOf(options);
  const leave = `Esc ${escapeMeans}`;
  if (writing) return `Enter answers, ${options.length === 1 ? leave : 'Esc shows the other answers'}`;
  if (state === 'asks over a draft') return `${numbers} (no Enter while there are words below), ${leave}`;
  const isEditable = options.some(({ input }) => input?.initial && !input.isAlwaysEdited);
  const addsWords = options.some(({ input }) => input?.isOptional);
  const tab = isEditable ? 'Tab edits the rule, ' : addsWords ? 'Tab adds words, ' : '';
  const mark = options.some(({ mark }) => mark) ? 'Space marks, ' : '';
  const words = tab === '' && options.some(({ takesWords }) => takesWords) ? 'or your own words, ' : '';
  return `${numbers}, arrows and Enter, ${tab}${mark}${words}${leave}`;
}
