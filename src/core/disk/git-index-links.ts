const headerLength = 12;
/** Bytes of an entry before its id and the flags behind it: ten numbers. */
const beforeId = 40;
const gitlink = 0o160000;

/**
 * The paths of the gitlinks (folders that are repositories of their own: submodules) that a git index holds, by gitformat-index, versions 2
 * to 4, with ids of SHA-1 or SHA-256. Undefined where it can't be read so.
 */
export function readGitlinks(data: Buffer): string[] | undefined {
  if (data.length < headerLength || data.toString('latin1', 0, 4) !== 'DIRC') return undefined;
  return readWith(data, 20) ?? readWith(data, 32);
}

function readWith(data: Buffer, idLength: number): string[] | undefined {
  const version = data.readUInt32BE(4);
  const count = data.readUInt32BE(8);
  if (version < 2 || version > 4) return undefined;
  const links: string[] = [];
  let before: Buffer = Buffer.alloc(0);
  let offset = headerLength;
  for (let index = 0; index < count; index += 1) {
    const flagsAt = offset + beforeId + idLength;
    if (flagsAt + 4 > data.length) return undefined;
    const flags = data.readUInt16BE(flagsAt);
    let start = flagsAt + ((flags & 0x4000) === 0 ? 2 : 4);
    let kept = 0;
    if (version === 4) {
      const cut = readVariable(data, start);
      start = cut.next;
      kept = before.length - cut.value;
    }
    const end = data.indexOf(0, start);
    if (end === -1 || kept < 0) return undefined;
    const path =
      version === 4 ? Buffer.concat([before.subarray(0, kept), data.subarray(start, end)]) : data.subarray(start, end);
    if (Math.min(path.length, 0xfff) !== (flags & 0xfff)) return undefined;
    if ((data.readUInt32BE(offset + 24) & 0o170000) === gitlink) links.push(path.toString());
    offset = version === 4 ? end + 1 : offset + Math.ceil((end - offset + 1) / 8) * 8;
    before = path;
  }
  return links;
}

/** How many bytes the path before loses at its end: seven bits a byte, each but the last with its upper bit set. */
function readVariable(data: Buffer, at: number): { readonly value: number; readonly next: number } {
  let next = at;
  let byte = data[next] ?? 0;
  let value = byte & 0x7f;
  while ((byte & 0x80) !== 0 && next < data.length) {
    next += 1;
    byte = data[next] ?? 0;
    value = (value + 1) * 128 + (byte & 0x7f);
  }
  return { value, next: next + 1 };
}
