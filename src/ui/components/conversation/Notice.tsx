import { useDrawContext } from '../../hooks/use-draw-context.ts';
import { Marked } from '../layout/Marked.tsx';
import { Words } from '../layout/Words.tsx';

export type NoticeProps = { readonly level: 'info' | 'good' | 'warn' | 'bad'; readonly text: string };

/** A sentence from the program itself. */
export function Notice({ level, text }: NoticeProps) {
  const { glyphs } = useDrawContext();
  const mark = { info: glyphs.dot, good: glyphs.ok, warn: '!', bad: glyphs.failed }[level];
  const role = level === 'info' ? 'quiet' : level;
  return (
    <Marked mark={mark} role={role}>
      <Words role={role}>{text}</Words>
    </Marked>
  );
}
