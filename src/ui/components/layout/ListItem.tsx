import { useDrawContext } from '../../hooks/use-draw-context.ts';
import type { PlanItem } from '../../state/view.ts';
import { oneRow } from '../../text/one-row.ts';
import { Marked } from './Marked.tsx';
import { Tone } from './Tone.tsx';

const roles = { done: 'good', doing: 'accent', open: 'quiet' } as const;

/** An entry of a list, on one row, with how far it is where it is something to do. */
export function ListItem({ text, state }: PlanItem) {
  const { glyphs } = useDrawContext();
  const mark = { done: glyphs.ok, doing: glyphs.pointer, open: glyphs.bullet }[state];
  const role = state === 'open' ? undefined : state === 'done' ? 'quiet' : 'accent';
  return (
    <Marked mark={mark} role={roles[state]}>
      <Tone role={role} strikethrough={state === 'done'}>
        {oneRow(text)}
      </Tone>
    </Marked>
  );
}
