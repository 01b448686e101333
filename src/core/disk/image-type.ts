/** The first bytes of the picture formats that models take. */
const signatures: readonly { readonly type: string; readonly test: (start: string) => boolean }[] = [
  { type: 'image/png', test: (start) => start.startsWith('\x89PNG\r\n\x1a\n') },
  { type: 'image/jpeg', test: (start) => start.startsWith('\xff\xd8\xff') },
  { type: 'image/gif', test: (start) => /^GIF8[79]a/.test(start) },
  { type: 'image/webp', test: (start) => /^RIFF[\s\S]{4}WEBP/.test(start) },
];

/** The media type of a picture by its first bytes, whatever its name says; undefined when it isn't one that models take. */
export function findImageType(bytes: Uint8Array): string | undefined {
  const start = Buffer.from(bytes.subarray(0, 16)).toString('latin1');
  return signatures.find(({ test }) => test(start))?.type;
}
