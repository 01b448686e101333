import { type DOMElement, useCursor } from 'ink';
import { createContext, type RefObject, useContext, useLayoutEffect, useRef, useState } from 'react';

export type CaretPlace = { readonly x: number; readonly y: number };

type CaretRef = { current: CaretPlace | undefined };

const CaretContext = createContext<{ readonly ref: CaretRef }>({ ref: { current: undefined } });

/**
 * `ref` takes where the cursor is in the whole output: a resize has to know. With another value for each picture the cursor is set
 * in each: ink takes it away in one that does not set it.
 */
export const CaretProvider = CaretContext.Provider;

/**
 * Puts the terminal's cursor at a place inside the box that gets the ref. ink wants the place in the whole output,
 * which is known once the layout is done: when the box has moved, the cursor follows in a second pass of the same frame.
 */
export function useCaret(place: CaretPlace): RefObject<DOMElement | null> {
  const box = useRef<DOMElement>(null);
  const { setCursorPosition } = useCursor();
  const [origin, setOrigin] = useState<CaretPlace>({ x: 0, y: 0 });
  const { ref: told } = useContext(CaretContext);
  const caret = { x: origin.x + place.x, y: origin.y + place.y };
  setCursorPosition(caret);
  useLayoutEffect(() => {
    told.current = caret;
    return () => {
      told.current = undefined;
    };
  });
  useLayoutEffect(() => {
    const next = originOf(box.current);
    if (next.x !== origin.x || next.y !== origin.y) setOrigin(next);
  });
  return box;
}

function originOf(node: DOMElement | null): CaretPlace {
  let x = 0;
  let y = 0;
  for (let at: DOMElement | undefined = node ?? undefined; at; at = at.parentNode) {
    x += at.yogaNode?.getComputedLeft() ?? 0;
    y += at.yogaNode?.getComputedTop() ?? 0;
  }
  return { x, y };
}
