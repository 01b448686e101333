import { crc32, deflateSync } from 'node:zlib';

/** A picture of 8 bits a channel: red, green and blue of each pixel, row by row. */
export type RgbPicture = { readonly width: number; readonly height: number; readonly rgb: Uint8Array };

/** The bytes of a PNG file (RFC 2083); each row is stored as its difference to the one above, which drawings and text compress well by. */
export function encodePng({ width, height, rgb }: RgbPicture): Buffer {
  const rowLength = width * 3;
  const rows = Buffer.alloc(height * (rowLength + 1));
  for (let y = 0; y < height; y += 1) {
    const start = y * (rowLength + 1);
    rows[start] = 2;
    for (let x = 0; x < rowLength; x += 1) {
      const above = y === 0 ? 0 : (rgb[(y - 1) * rowLength + x] ?? 0);
      rows[start + 1 + x] = (rgb[y * rowLength + x] ?? 0) - above;
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // 8 bits a channel, red, green and blue.
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
