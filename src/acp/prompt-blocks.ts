import { fileURLToPath } from 'node:url';
import type { ContentBlock } from '@agentclientprotocol/sdk';

export type PromptWords = {
  readonly text: string;
  /** Images as data URLs. */
  readonly images: readonly string[];
};

/**
 * An editor's prompt as the loop takes it. A linked file becomes an `@` mention, which is attached under the same permissions as one that was
 * typed; what the editor embeds (an unsaved buffer, a selection) is in the words, fenced as data.
 */
export function readPromptBlocks(blocks: readonly ContentBlock[]): PromptWords {
  const words: string[] = [];
  const embedded: string[] = [];
  const images: string[] = [];
  for (const block of blocks) {
    switch (block.type) {
      case 'text':
        words.push(block.text);
        break;
      case 'image':
        images.push(`data:${block.mimeType};base64,${block.data}`);
        break;
      case 'resource_link':
        words.push(mention(block.uri));
        break;
      case 'resource':
        if ('text' in block.resource) embedded.push(fence(block.resource.uri, block.resource.text));
        else if (block.resource.mimeType?.startsWith('image/'))
          images.push(`data:${block.resource.mimeType};base64,${block.resource.blob}`);
        else words.push(mention(block.resource.uri));
        break;
      case 'audio':
        throw new Error('Audio is not supported.');
      default:
        block satisfies never;
    }
  }
  return { text: [words.join(''), ...embedded].filter((part) => part !== '').join('\n\n'), images };
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
