import { count } from '../../../core/text/count.ts';
import { useDrawContext } from '../../hooks/use-draw-context.ts';
import type { Excerpt } from '../../text/excerpt.ts';
import type { Style } from '../../text/span.ts';
import { Tone } from './Tone.tsx';
import { Words } from './Words.tsx';

export type ExcerptRowsProps = Style & {
  readonly excerpt: Excerpt;
  /** Wrapped at blanks instead of anywhere. */
  readonly isProse?: boolean;
};

/** What is shown of a long text, line by line, with what was left out where. */
export function ExcerptRows({ excerpt, isProse = false, ...style }: ExcerptRowsProps) {
  const { glyphs } = useDrawContext();
  return excerpt.map((line, index) => {
    if (typeof line !== 'string')
      return (
        <Tone
          key={index}
          role="quiet"
        >{`${glyphs.ellipsis} ${line.isCut ? 'many more lines' : count(line.omitted, 'more line')}`}</Tone>
      );
    const more = line.length - longest;
    const text = `${line.slice(0, longest) || ' '}${more > 0 ? `${glyphs.ellipsis} ${count(more, 'more character')}` : ''}`;
    const Text = isProse ? Words : Tone;
    return (
      <Text key={index} {...style} {...(isProse ? {} : { wrap: 'wrap' })}>
        {text}
      </Text>
    );
  });
}

/** Characters of a line that are shown; how many more there are is said. */
const longest = 4_000;
