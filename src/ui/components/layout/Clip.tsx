import { Box, type DOMElement, measureElement } from 'ink';
import { type ReactNode, useLayoutEffect, useRef, useState } from 'react';

export type ClipProps = {
  readonly children: ReactNode;
  /** Which end is seen where there is not room for all. */
  readonly keep: 'start' | 'end';
  /** Said below what is cut off; gets the number of rows that are not seen, below and above. */
  readonly more?: (below: number, above: number) => ReactNode;
  /** Rows scrolled from the start, as far as there is more to see. */
  readonly skip?: number;
};

/** Shows as much of a column as there is room for. */
export function Clip({ children, keep, more, skip = 0 }: ClipProps) {
  const outer = useRef<DOMElement>(null);
  const inner = useRef<DOMElement>(null);
  const [hidden, setHidden] = useState(0);
  useLayoutEffect(() => {
    if (!more || !outer.current || !inner.current) return;
    const missing = measureElement(inner.current).height - measureElement(outer.current).height;
    setHidden(Math.max(0, missing));
  });
  const above = Math.min(skip, hidden);
  return (
    <Box flexDirection="column" flexShrink={1}>
      <Box
        ref={outer}
        flexDirection="column"
        flexShrink={1}
        overflow="hidden"
        justifyContent={keep === 'end' ? 'flex-end' : 'flex-start'}
      >
        <Box ref={inner} flexDirection="column" flexShrink={0} marginTop={-above}>
          {children}
        </Box>
      </Box>
      {hidden > 0 && more && <Box flexShrink={0}>{more(hidden - above, above)}</Box>}
    </Box>
  );
}
