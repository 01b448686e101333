import { useDrawContext } from '../../hooks/use-draw-context.ts';
import { Words } from '../layout/Words.tsx';

/** `source`: Markdown of the model, or of a command. */
export type AnswerProps = { readonly source: string };

/** Markdown once its renderer is loaded, plain text until then. */
export function Answer({ source }: AnswerProps) {
  const { Markdown } = useDrawContext();
  return Markdown ? <Markdown source={source} /> : <Words>{source.trim()}</Words>;
}
