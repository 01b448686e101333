import { Box } from 'ink';
import type { ReactNode } from 'react';
import { count } from '../../../core/text/count.ts';
import { LineField } from '../../components/composer/LineField.tsx';
import { Clip } from '../../components/layout/Clip.tsx';
import { Ruled } from '../../components/layout/Edged.tsx';
import { Marked } from '../../components/layout/Marked.tsx';
import { Tone } from '../../components/layout/Tone.tsx';
import { Words } from '../../components/layout/Words.tsx';
import { useDrawContext } from '../../hooks/use-draw-context.ts';
import type { Option, Writing } from './option.ts';

export type QuestionProps = {
  readonly title: string;
  /** What it is about. */
  readonly body: ReactNode;
  /** Where there is not room for all of it, its end is seen as well as its beginning. */
  readonly showsEnd: boolean;
  readonly options: readonly Pick<Option<unknown>, 'label' | 'input' | 'allows'>[];
  readonly selected: number;
  /** The answer whose words are being written. */
  readonly writing: Writing | undefined;
  /** What is wrong with these words. */
  readonly problem: string | undefined;
  /** How many questions wait behind it. */
  readonly waiting: number;
  /** It stands by while the user types: no key is an answer. */
  readonly isWaiting: boolean;
  /** Words stand in the composer: Enter does not answer. */
  readonly isOverDraft: boolean;
  /** A key came too soon for an answer, and was left out. */
  readonly hasMissed: boolean;
  readonly escapeMeans: string;
  /** A key shows all of the body. */
  readonly canOpen: boolean;
  /** A yes comes only after all of it was seen. */
  readonly isSeenWhole: boolean;
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
  const { title, body, showsEnd, waiting, isWaiting, writing, problem, canOpen, isSeenWhole, unseenAt, onFit } = props;
  const { hasMissed } = props;
  const { glyphs, rows: screenRows, columns, takesLines = false } = useDrawContext();
  const isLow = screenRows < lowRows;
  const place = `${columns} x ${screenRows}${isWaiting ? ', waits' : ''}`;
  const isUnseen = unseenAt === place;
  const more = (rows: number) => (
    <Tone role="warn">{`  ${glyphs.ellipsis} ${count(rows, 'more line')}${canOpen ? `: Ctrl+O shows all${isSeenWhole ? ', before a yes' : ''}` : ''}`}</Tone>
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
      <Box flexDirection="column" flexShrink={0} marginTop={isLow ? 0 : 1}>
        {!isUnseen && <Answers {...props} />}
        {writing && <LineField prompt={`  ${writing.prompt}`} role="quiet" line={writing.line} />}
        {problem && (
          <Box paddingLeft={2}>
            <Words role="bad">{problem}</Words>
          </Box>
        )}
        {isUnseen && !isWaiting && !writing && <Words role="warn">No room for a yes: Ctrl+O shows all, n is no</Words>}
        {(isWaiting || hasMissed || writing || !isLow) && (
          <Words role={isWaiting || hasMissed ? 'warn' : 'quiet'}>
            {takesLines ? lineHelpOf(props) : helpOf(props, glyphs.dot)}
          </Words>
        )}
      </Box>
    </Ruled>
  );
}

function Answers({ options, selected, writing, isWaiting, isSeenWhole, hiddenRows }: QuestionProps) {
  const { glyphs } = useDrawContext();
  return options.map(({ label, input, allows }, index) => {
    const isSelected = !isWaiting && index === selected;
    const rule = writing?.index === index || !input?.initial ? '' : ` ${input.initial}`;
    const words = allows && hiddenRows > 0 && !isSeenWhole ? `${rule} (${count(hiddenRows, 'line')} not shown)` : rule;
    return (
      <Marked
        key={index}
        mark={`${isSelected ? glyphs.pointer : ' '} ${index + 1}.`}
        role={isSelected ? 'selected' : 'quiet'}
      >
        <Words role={isSelected ? 'selected' : undefined}>{label + words}</Words>
      </Marked>
    );
  });
}

function lineHelpOf({ options, writing, escapeMeans }: QuestionProps): string {
  return `${writing ? 'Your words' : `A number from 1 to ${options.length}`}, then Enter; Ctrl+C ${escapeMeans}`;
}

function helpOf(props: QuestionProps, dot: string): string {
  const { options, writing, isWaiting, isOverDraft, hasMissed, escapeMeans } = props;
  if (isWaiting) return `${dot} waits while you type: your words stay below; Tab answers it`;
  if (hasMissed) return `${dot} that key came too soon to be an answer: press it again`;
  const numbers = `1-${options.length}`;
  const leave = `Esc ${escapeMeans}`;
  if (writing) return `Enter answers, ${options.length === 1 ? leave : 'Esc shows the other answers'}`;
  if (isOverDraft) return `${numbers} (no Enter while there are words below), ${leave}`;
  const isEditable = options.some(({ input }) => input?.initial && !input.isAlwaysEdited);
  const takesWords = options.some(({ input }) => input?.isOptional);
  const tab = isEditable ? 'Tab edits the rule, ' : takesWords ? 'Tab adds words, ' : '';
  return `${numbers}, arrows and Enter, ${tab}${leave}`;
}
