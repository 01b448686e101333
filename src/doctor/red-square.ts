import { encodePng } from '../core/text/png.ts';

const size = 64;

/** A red square of 64 by 64 pixels as a data URL (PNG). */
export function redSquare(): string {
  const rgb = Buffer.alloc(size * size * 3, Buffer.from([220, 20, 20]));
  return `data:image/png;base64,${encodePng({ width: size, height: size, rgb }).toString('base64')}`;
}
