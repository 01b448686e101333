import type { Role } from '../../../core/screen/theme-roles.ts';
import { useDrawContext } from '../../hooks/use-draw-context.ts';
import type { LineInput } from '../../input/line-input.ts';
import { Field } from './Field.tsx';

export type LineFieldProps = {
  readonly prompt: string;
  readonly role: Role;
  readonly line: LineInput;
  /** Rows at most, around the cursor; by default a fifth of the screen's, and no more than five. */
  readonly maxRows?: number;
};

/** A field of a panel. */
export function LineField({ line, maxRows, ...field }: LineFieldProps) {
  const { rows } = useDrawContext();
  const most = maxRows ?? Math.max(1, Math.min(5, Math.floor(rows / 5)));
  return <Field {...field} buffer={line.buffer()} maxRows={most} />;
}
