import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as z from 'zod';
import { errorCode } from '../src/core/errors.ts';
import type { ResultView } from '../src/core/screen/result-view.ts';
import { count } from '../src/core/text/count.ts';
import { defineTool, type ToolContext, ToolError, type ToolOutput, type Workspace } from '../src/core/tool.ts';
import { makeDiffView } from './edit/diff-view.ts';
import { requireShown } from './edit/require-shown.ts';
import { describeEncoding, encodeText, type TextFile } from './file/codec.ts';
import { lookAt } from './file/open-file.ts';
import { pathInput, quoteName, resolvePath, showPath } from './file/paths.ts';
import { describeNames, type LoadedFile, loadText, requireSeen, saveText } from './file/text-file.ts';
import { pathAliases, wholeText } from './shared/arguments.ts';
import { previewLines } from './shared/limits.ts';

const input = z.object({ path: pathInput, content: wholeText });
type Input = z.infer<typeof input>;

/** Creates or replaces a whole file, and the folders on its way. */
export const writeTool = defineTool({
  name: 'write',
  act: 'write',
  aliases: ['write_file', 'create', 'create_file', 'write_to_file', 'new_file', 'save_file'],
  argumentAliases: {
    ...pathAliases,
    contents: 'content',
    text: 'content',
    file_text: 'content',
    code: 'content',
    file_content: 'content',
  },
  input,
  title: ({ path }) => quoteName(path),
  targets: ({ path }, cwd) => [{ kind: 'path', access: 'write', path: resolvePath(cwd, path) }],
  preview: async (request, { workspace, checkedPaths }) => {
    const path = resolvePath(workspace.cwd, request.path);
    const stats = await lookAt(workspace, path, checkedPaths?.get(path));
    const before = await loadIfText(workspace, path, checkedPaths?.get(path));
    // Nobody is asked about what is refused in any case.
    if (stats) await requireSeen(workspace, path, before ?? { stats });
    return previewOf(showPath(workspace.cwd, path), path, before, request.content);
  },
  run: writeFile,
});

function previewOf(name: string, path: string, before: LoadedFile | undefined, content: string): Promise<ResultView> {
  return makeDiffView(name, path, before?.text ?? '', content, previewLines);
}

async function writeFile(request: Input, { workspace, checkedPaths, shown }: ToolContext): Promise<ToolOutput> {
  const path = resolvePath(workspace.cwd, request.path);
  const checkedPath = checkedPaths?.get(path);
  const name = showPath(workspace.cwd, path);
  const stats = await lookAt(workspace, path, checkedPath);
  const before = await loadIfText(workspace, path, checkedPath);
  if (stats) await requireSeen(workspace, path, before ?? { stats });
  await requireShown(shown, name, () => previewOf(name, path, before, request.content));
  const { file, notes } = keepForm(request.content, before);
  if (before && file.text === before.text) return { output: `${name} already has this content; nothing was written.` };
  if (!stats) await makeFolder(workspace.cwd, dirname(checkedPath ?? path));
  await saveText(workspace, path, file, stats, { checkedPath });
  return {
    output:
      [`${stats ? 'Replaced' : 'Created'} ${name} (${count(countLines(file.text), 'line')}).`, ...notes].join(' ') +
      describeNames(name, stats),
    view: await makeDiffView(name, path, before?.text ?? '', file.text),
    changedFiles: [path],
  };
}

/** What is there now; undefined when it is missing, no text or too large: it is then replaced without a comparison. */
async function loadIfText(
  workspace: Workspace,
  path: string,
  checkedPath: string | undefined,
): Promise<LoadedFile | undefined> {
  if ((await lookAt(workspace, path, checkedPath)) === undefined) return undefined;
  try {
    return await loadText(workspace, path, checkedPath);
  } catch (error) {
    if (error instanceof ToolError) return undefined;
    throw error;
  }
}

/** The new content in the old file's encoding, mark and line endings, where it can have them; `notes` say what was kept or lost. */
function keepForm(content: string, before: LoadedFile | undefined): { file: TextFile; notes: string[] } {
  const plain: TextFile = { text: content, encoding: 'utf-8', bom: Buffer.alloc(0) };
  if (!before || before.text === '') return { file: plain, notes: [] };
  const notes: string[] = [];
  const text = keepLineEndings(content, before.text);
  if (text !== content) notes.push(`Its ${text.includes('\r\n') ? 'CRLF' : 'LF'} line endings were kept.`);
  const hasOwnMark = content.startsWith('\ufeff');
  const kept: TextFile = {
    text,
    encoding: before.encoding === 'mixed' ? 'utf-8' : before.encoding,
    bom: hasOwnMark ? plain.bom : before.bom,
  };
  const words = describeEncoding(kept.encoding, kept.bom.length > 0);
  if (encodeText(kept) === undefined)
    return {
      file: { ...plain, text },
      notes: [...notes, `It was ${words} and is UTF-8 now, which the new content needs.`],
    };
  return { file: kept, notes: words ? [...notes, `Its encoding was kept: ${words}.`] : notes };
}

/** A file whose lines all end alike keeps its line endings; where they are mixed, the new content brings its own. */
function keepLineEndings(content: string, before: string): string {
  const hasCrlf = before.includes('\r\n');
  const hasLf = /(^|[^\r])\n/.test(before);
  return hasCrlf === hasLf ? content : content.replace(/\r?\n/g, hasCrlf ? '\r\n' : '\n');
}

function countLines(text: string): number {
  return text.split('\n').length - (text.endsWith('\n') || text === '' ? 1 : 0);
}

async function makeFolder(cwd: string, folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    const code = errorCode(error);
    if (code === 'EEXIST' || code === 'ENOTDIR')
      throw new ToolError(
        'missing-path',
        `${showPath(cwd, folder)} can't be created as a folder: there is a file in the way.`,
      );
    throw error;
  }
}
