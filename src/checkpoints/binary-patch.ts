import { deflateSync } from 'node:zlib';
import type { SnapshotStore } from './snapshot-store.ts';

/**
 * Git's part of a patch for one file (bytes as characters, with full object names), its lines replaced by the whole content before and after as
 * `git diff --binary` writes it, so that only ASCII is left. Git itself does so only where its attributes say that the file is no text.
 */
export async function writeBinaryPart(store: SnapshotStore, part: string): Promise<string> {
  const header = part.slice(0, part.search(/^--- /m));
  const [, from, to] = header.match(/^index ([0-9a-f]+)\.\.([0-9a-f]+)/m) ?? [];
  const read = async (blob: string | undefined) =>
    blob === undefined || /^0+$/.test(blob) ? Buffer.alloc(0) : store.git(['cat-file', 'blob', blob]);
  return `${header}GIT binary patch\n${literal(await read(to))}${literal(await read(from))}`;
}

/** Content as git's binary hunk: deflated, in lines of up to 52 bytes, each after a letter for its length (A-Z: 1-26, a-z: 27-52). */
function literal(content: Buffer): string {
  const packed = deflateSync(content);
  let lines = '';
  for (let at = 0; at < packed.length; at += 52) {
    const line = packed.subarray(at, at + 52);
    lines += `${String.fromCharCode(line.length + (line.length <= 26 ? 64 : 70))}${base85(line)}\n`;
  }
  return `literal ${content.length}\n${lines}\n`;
}

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~';

/** Git's base 85 (that of RFC 1924): five digits for four bytes, the last ones filled up with zeros. */
function base85(bytes: Buffer): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 4) {
    const four = Buffer.alloc(4);
    bytes.copy(four, 0, at, at + 4);
    let value = four.readUInt32BE();
    let group = '';
    for (let place = 0; place < 5; place++) {
      group = digits[value % 85]! + group;
      value = Math.floor(value / 85);
    }
    text += group;
  }
  return text;
}
