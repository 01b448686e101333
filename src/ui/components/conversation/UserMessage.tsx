import { count } from '../../../core/text/text.ts';
import { useDrawContext } from '../../hooks/use-draw-context.ts';
import { headAndTail } from '../../text/excerpt.ts';
import { Marked } from '../layout/Marked.tsx';
import { Tone } from '../layout/Tone.tsx';
import { Words } from '../layout/Words.tsx';

const maxLines = 18;

/** `text` as it stood in the composer; `images`: how many were attached. */
export type UserMessageProps = { readonly text: string; readonly images: number };

/** What the user said. */
export function UserMessage({ text, images }: UserMessageProps) {
  const { glyphs } = useDrawContext();
  const shown = headAndTail(text.split('\n'), maxLines);
  return (
    <Marked mark={glyphs.prompt} role="accent">
      {shown.map((line, index) =>
        typeof line === 'string' ? (
          <Words key={index} role="user">
            {line === '' ? ' ' : line}
          </Words>
        ) : (
          <Tone key={index} role="quiet">{`${glyphs.ellipsis} ${count(line.omitted, 'more line')}`}</Tone>
        ),
      )}
      {images > 0 && <Tone role="quiet">{`${count(images, 'image')} attached`}</Tone>}
    </Marked>
  );
}
