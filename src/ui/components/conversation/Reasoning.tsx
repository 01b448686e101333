import { useDrawContext } from '../../hooks/use-draw-context.ts';
import { duration } from '../../text/shown-figures.ts';
import { Barred } from '../layout/Edged.tsx';
import { Tone } from '../layout/Tone.tsx';
import { Words } from '../layout/Words.tsx';

export type ReasoningProps = {
  readonly text: string;
  /** How long it took, in milliseconds; 0 when that is not known. */
  readonly ms: number;
  /** Shown whole instead of as one line. */
  readonly isOpen: boolean;
};

/** What the model thought before it answered. */
export function Reasoning({ text, ms, isOpen }: ReasoningProps) {
  const { glyphs } = useDrawContext();
  if (!isOpen)
    return <Tone role="quiet" italic>{`${glyphs.dot} thought${ms >= 100 ? ` for ${duration(ms)}` : ''}`}</Tone>;
  return (
    <Barred role="quiet">
      <Words role="quiet" italic>
        {text.trim()}
      </Words>
    </Barred>
  );
}
