import { createContext, useContext } from 'react';
import type { DrawContext } from '../text/look.ts';

const LookContext = createContext<DrawContext | undefined>(undefined);

/** Gives everything below it the theme, the signs and the size of the screen. */
export const LookProvider = LookContext.Provider;

/** The theme, the signs and the size of the screen. Throws outside of a `LookProvider`. */
export function useLook(): DrawContext {
  const look = useContext(LookContext);
  if (look === undefined) throw new Error('There is no LookProvider around this component.');
  return look;
}
