import { createContext, useContext } from 'react';
import type { DrawContext } from '../text/draw-context.ts';

const DrawingContext = createContext<DrawContext | undefined>(undefined);

/** Gives everything below it the theme, the signs and the size of the screen. */
export const DrawProvider = DrawingContext.Provider;

/** The theme, the signs and the size of the screen. Throws outside of a `DrawProvider`. */
export function useDrawContext(): DrawContext {
  const look = useContext(DrawingContext);
  if (look === undefined) throw new Error('There is no DrawProvider around this component.');
  return look;
}
