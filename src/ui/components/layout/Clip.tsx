import { Box, type DOMElement, measureElement } from 'ink';
import { type ReactNode, useLayoutEffect, useRef, useState } from 'react';

export type ClipProps = {
  readonly children: ReactNode;
  /** Which part is seen where there is not room for all; `ends`: the beginning and, below `more`, the last rows. */
  readonly keep: 'start' | 'end' | 'ends';
  /** Said in the place of what is cut off; gets the number of rows that are not seen, below and above. */
  readonly more?: (below: number, above: number) => ReactNode;
  /** Rows scrolled from the start, as far as there is more to see. */
  readonly skip?: number;
  /** Told how many of the rows are seen, after each layout. */
  readonly onFit?: (seen: number, rows: number) => void;
};

/** Shows as much of a column as there is room for. */
export function Clip({ more, ...props }: ClipProps) {
  if (more) return <CountingClip {...props} more={more} />;
  return <Window keep={props.keep === 'end' ? 'end' : 'start'}>{props.children}</Window>;
}

/** The same, saying how much is cut off. It asks for the height of its content, whatever it says: the room it gets never depends on that. */
function CountingClip({ children, keep, more, skip = 0, onFit }: ClipProps & Required<Pick<ClipProps, 'more'>>) {
  const outer = useRef<DOMElement>(null);
  const inner = useRef<DOMElement>(null);
  const [size, setSize] = useState({ rows: 0, room: 0 });
  const { rows, room } = size;
  const isCut = rows > room;
  const seen = isCut ? Math.max(0, room - 1) : rows;
  const tail = isCut && keep === 'ends' ? Math.floor(seen / 3) : 0;
  const above = Math.min(skip, rows - seen);
  useLayoutEffect(() => {
    if (!outer.current || !inner.current) return;
    const room = measureElement(outer.current).height;
    // What gets no row at all is not laid out: it is as high as it was.
    const rows = measureElement(inner.current).height || (room > 1 ? 0 : size.rows);
    if (rows !== size.rows || room !== size.room) setSize({ rows, room });
    else onFit?.(room === 0 ? 0 : seen, rows);
  });
  return (
    <Box ref={outer} flexDirection="column" flexShrink={1} overflow="hidden" {...(rows > 0 ? { flexBasis: rows } : {})}>
      <Window
        keep={keep === 'end' ? 'end' : 'start'}
        content={inner}
        above={above}
        isFilling
        {...(isCut && room > 1 ? { rows: seen - tail } : {})}
      >
        {children}
      </Window>
      {isCut && <Box flexShrink={0}>{more(rows - seen - above, above)}</Box>}
      {tail > 0 && (
        <Box flexDirection="column" flexShrink={0} height={tail} overflow="hidden" justifyContent="flex-end">
          <Box flexDirection="column" flexShrink={0}>
            {children}
          </Box>
        </Box>
      )}
    </Box>
  );
}

type WindowProps = {
  readonly children: ReactNode;
  readonly keep: 'start' | 'end';
  readonly content?: React.Ref<DOMElement>;
  readonly above?: number;
  /** Takes what room there is. */
  readonly isFilling?: boolean;
  /** As high as this, where what is below it must be seen: two columns that share the room have parts of rows each. */
  readonly rows?: number;
};

/** A column of which only a part is seen. */
function Window({ children, keep, content, above = 0, isFilling = false, rows }: WindowProps) {
  return (
    <Box
      flexDirection="column"
      flexShrink={rows === undefined ? 1 : 0}
      flexGrow={isFilling && rows === undefined ? 1 : 0}
      {...(rows === undefined ? {} : { height: rows })}
      overflow="hidden"
      justifyContent={keep === 'end' ? 'flex-end' : 'flex-start'}
    >
      <Box {...(content ? { ref: content } : {})} flexDirection="column" flexShrink={0} marginTop={-above}>
        {children}
      </Box>
    </Box>
  );
}
