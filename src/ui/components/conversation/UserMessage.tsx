import { count } from '../../../core/text/count.ts';
import { useDrawContext } from '../../hooks/use-draw-context.ts';
import { headAndTail } from '../../text/excerpt.ts';
import { ExcerptRows } from '../layout/ExcerptRows.tsx';
import { Marked } from '../layout/Marked.tsx';
import { Tone } from '../layout/Tone.tsx';

const maxLines = 18;

/** `text` as it stood in the composer; `images`: how many were attached. */
export type UserMessageProps = { readonly text: string; readonly images: number };

/** What the user said. */
export function UserMessage({ text, images }: UserMessageProps) {
  const { glyphs } = useDrawContext();
  return (
    <Marked mark={glyphs.prompt} role="accent">
      <ExcerptRows excerpt={headAndTail(text.split('\n'), maxLines)} isProse role="user" />
      {images > 0 && <Tone role="quiet">{`${count(images, 'image')} attached`}</Tone>}
    </Marked>
  );
}
