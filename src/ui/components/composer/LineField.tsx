import type { Role } from '../../../core/screen/theme-roles.ts';
import { useDrawContext } from '../../hooks/use-draw-context.ts';
import type { LineInput } from '../../input/line-input.ts';
import { Field } from './Field.tsx';

export type LineFieldProps = { readonly prompt: string; readonly role: Role; readonly line: LineInput };

/** A field of a panel: a fifth of the screen at most. */
export function LineField({ line, ...field }: LineFieldProps) {
  const { rows } = useDrawContext();
  return <Field {...field} buffer={line.buffer()} maxRows={Math.max(1, Math.min(5, Math.floor(rows / 5)))} />;
}
