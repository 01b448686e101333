const begin = '\u001b[?2026h';
const end = '\u001b[?2026l';

/** ink's way to erase n rows: each is blanked from the bottom up. */
const eraseRun = /(?:\u001b\[2K\u001b\[1A)*\u001b\[2K\u001b\[G/;

/**
 * Gathers what ink writes for one frame and sends it as one piece that overwrites the old rows instead of erasing them first: no
 * flicker on terminals that do not know synchronised output, and no frame is ever half on the screen.
 */
export function createFrameWriter(write: (data: string) => void): (data: string) => void {
  let frame: string | undefined;
  return (data) => {
    if (data === begin) frame = '';
    else if (data === end) {
      if (frame) write(`${begin}${overwrite(frame)}${end}`);
      frame = undefined;
    } else if (frame !== undefined) frame += data;
    else write(data);
  };
}

/** Every row is erased behind its text only (no row is as wide as the terminal), and what is left below the frame at the end. */
export function overwrite(frame: string): string {
  const erase = eraseRun.exec(frame);
  if (!erase) return frame;
  const up = (erase[0].match(/\u001b\[1A/g) ?? []).length;
  const head = `${frame.slice(0, erase.index)}${up > 0 ? `\u001b[${up}A` : ''}\r`;
  const body = frame.slice(erase.index + erase[0].length).replace(new RegExp(eraseRun, 'g'), '\r');
  const last = body.lastIndexOf('\n');
  if (last === -1) return `${head}\u001b[J${body}`;
  return `${head}${body.slice(0, last).replaceAll('\n', '\u001b[K\n')}\u001b[K\n\u001b[J${body.slice(last + 1)}`;
}
