import { findImageType } from '../../src/core/disk/image-type.ts';
import { count } from '../../src/core/text/count.ts';
import type { ToolOutput } from '../../src/core/tool.ts';
import type { FileKind } from './file-kind.ts';
import type { OpenFile } from './open-file.ts';

/** Bytes of a picture that is shown: as base64 these are the 5 MB that Anthropic takes, the least of all providers. */
const maxPictureBytes = 3_750_000;

/** A picture as the model sees it, where it is of a form that models take and not too large; else in words what it is. */
export async function showPicture(
  name: string,
  kind: FileKind & { kind: 'image' },
  file: OpenFile,
  bytes: number,
): Promise<ToolOutput> {
  const pixels = kind.width === undefined ? '' : `, ${kind.width} x ${kind.height} pixels`;
  const what = `${name} is an image: ${kind.format}${pixels}, ${count(bytes, 'byte')}.`;
  const view = { kind: 'text', title: name } as const;
  if (bytes > maxPictureBytes)
    return { output: `${what} It is too large to be shown; make a smaller copy with a command and read that.`, view };
  const data = Buffer.alloc(bytes);
  await file.read(data, 0, bytes, 0);
  const type = findImageType(data);
  if (type === undefined)
    return { output: `${what} Models take PNG, JPEG, GIF and WebP; convert it with a command and read that.`, view };
  return { output: `${what} It is shown.`, images: [`data:${type};base64,${data.toString('base64')}`], view };
}
