import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ContentBlock } from '@agentclientprotocol/sdk';
import { findImageType } from '../core/disk/image-type.ts';
import { UserError } from '../core/errors.ts';

export type PromptWords = {
  readonly text: string;
  /** Images as data URLs. */
  readonly images: readonly string[];
};

/**
 * An editor's prompt as the loop takes it. A linked file becomes an `@` mention, which is attached under the same permissions as one that was
 * typed; what the editor embeds (an unsaved buffer, a selection) is in the words, fenced as data.
 * Throws UserError for a prompt that no model can take.
 */
export function readPromptBlocks(blocks: readonly ContentBlock[]): PromptWords {
  const words: string[] = [];
  const resources: string[] = [];
  const images: string[] = [];
  for (const block of blocks) {
    switch (block.type) {
      case 'text':
        words.push(block.text);
        break;
      case 'image':
        images.push(imageOf(block.data) ?? refuseImage());
        break;
      case 'resource_link':
        words.push(mention(block.uri));
        break;
      case 'resource':
        if ('text' in block.resource) resources.push(fence(block.resource.uri, block.resource.text));
        else {
          const image = imageOf(block.resource.blob);
          if (image !== undefined) images.push(image);
          else resources.push(describeBinary(block.resource));
        }
        break;
      case 'audio':
        throw new UserError('Audio is not supported.');
      default:
        block satisfies never;
    }
  }
  const text = [words.join(''), ...resources].filter((part) => part !== '').join('\n\n');
  if (text.trim() === '' && images.length === 0) throw new UserError('The prompt is empty.');
  return { text, images };
}

/** A picture as a data URL, its type by its bytes: a provider that is sent something else refuses every later request, too. */
function imageOf(base64: string): string | undefined {
  const type = findImageType(Buffer.from(base64, 'base64'));
  return type && `data:${type};base64,${base64}`;
}

function refuseImage(): never {
  throw new UserError('An image in the prompt is not a PNG, JPEG, GIF or WebP file.');
}

/** Bytes that are no picture: a file on the disk can be read by the agent's own tools (a PDF, say); anything else is only named. */
function describeBinary({ uri, mimeType, blob }: { uri: string; mimeType?: string | null; blob: string }): string {
  const path = pathOf(uri);
  if (path !== undefined && existsSync(path)) return mention(uri);
  const size = Buffer.byteLength(blob, 'base64');
  return `From the editor, ${path ?? uri}: a binary file of ${size} bytes${mimeType ? ` (${mimeType})` : ''}, which can't be shown here.`;
}

function mention(uri: string): string {
  const path = pathOf(uri);
  return path === undefined ? uri : ` @${/\s/.test(path) ? `"${path}"` : path} `;
}

function pathOf(uri: string): string | undefined {
  if (!uri.startsWith('file://')) return undefined;
  try {
    return fileURLToPath(uri.replace(/#.*$/, ''));
  } catch {
    return undefined;
  }
}

/** The fence is longer than any run of backticks in the text, so that the text can't end it. */
function fence(uri: string, text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const marks = '`'.repeat(longest + 1);
  return `From the editor, ${pathOf(uri) ?? uri}:\n${marks}\n${text}\n${marks}`;
}

const maxTitleLength = 100;
const embedded = /(?:^|\n\n)From the editor, [^\n]*(?::\n(`{3,})\n[\s\S]*?\n\1(?=\n\n|$)|: a binary file of [^\n]*)/g;

/** A session's first prompt as its title in a list: one line of the user's own words, without what the editor embedded. */
export function titleOf(prompt: string): string {
  const own = prompt.replace(embedded, '').trim() || prompt.replace(/:\n`{3}[\s\S]*/, '');
  const line = own.replace(/\s+/g, ' ').trim();
  return line.length > maxTitleLength ? `${line.slice(0, maxTitleLength - 1)}…` : line;
}
