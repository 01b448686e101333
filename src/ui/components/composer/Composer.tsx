import { useDrawContext } from '../../hooks/use-draw-context.ts';
import { foldPattern } from '../../input/buffer.ts';
import { Ruled } from '../layout/Edged.tsx';
import { Tone } from '../layout/Tone.tsx';
import { Field, type FieldProps } from './Field.tsx';

export type ComposerProps = Pick<FieldProps, 'buffer' | 'maxRows' | 'placeholder' | 'hasKeys'>;

/** Where the user writes to the agent; a shell command of their own has another colour. */
export function Composer({ buffer, ...field }: ComposerProps) {
  const { glyphs } = useDrawContext();
  const isShell = buffer.text.startsWith('!');
  return (
    <Ruled role={isShell ? 'warn' : 'quiet'}>
      <Field {...field} buffer={buffer} prompt={glyphs.prompt} role={isShell ? 'warn' : 'accent'} drawRow={drawRow} />
    </Ruled>
  );
}

const marked = new RegExp(`(${foldPattern.source}|(?<=^|\\s)@[^\\s]+|^/[\\w:-]+)`, 'g');

/** Folds, mentions and commands stand out. */
function drawRow(row: string) {
  // An empty row has its room only where there is nothing in it.
  if (row === '') return '';
  return row.split(marked).map((part, index) => (
    <Tone key={index} role={index % 2 === 1 ? 'accent' : undefined}>
      {part}
    </Tone>
  ));
}
