import * as z from 'zod';
import type { ResultView } from '../src/core/screen/result-view.ts';
import { count } from '../src/core/text/count.ts';
import { defineTool, type ToolContext, ToolError, type ToolOutput } from '../src/core/tool.ts';
import { lineAt } from './edit/change.ts';
import { makeDiffView } from './edit/diff-view.ts';
import { gatherEdits } from './edit/edit-arguments.ts';
import { type Plan, planEdits } from './edit/edit-plan.ts';
import { rewriteNotebook, sourcesOf } from './edit/notebook-edit.ts';
import { requireShown } from './edit/require-shown.ts';
import { readCells } from './file/notebook.ts';
import { lookAt } from './file/open-file.ts';
import { pathInput, quoteName, resolvePath, showPath } from './file/paths.ts';
import { describeNames, isAsSeen, type LoadedFile, loadText, saveText } from './file/text-file.ts';
import { flag, pathAliases, wholeText } from './shared/arguments.ts';
import { previewLines } from './shared/limits.ts';

const editInput = z.preprocess(
  gatherEdits,
  z.object({
    path: pathInput,
    edits: z
      .array(z.object({ oldText: wholeText, newText: wholeText, all: flag().describe('every place') }))
      .min(1, 'give at least one edit'),
  }),
);
type Input = z.infer<typeof editInput>;

/** Replaces texts in a file, all or nothing; in a notebook, in the sources of its cells. */
export const editTool = defineTool({
  name: 'edit',
  act: 'edit',
  aliases: [
    'edit_file',
    'str_replace',
    'replace',
    'search_replace',
    'multi_edit',
    'str_replace_editor',
    'str_replace_based_edit_tool',
  ],
  argumentAliases: { ...pathAliases, replacements: 'edits', changes: 'edits' },
  input: editInput,
  title: ({ path, edits }) => quoteName(path) + (edits.length > 1 ? ` (${edits.length} edits)` : ''),
  targets: ({ path }, cwd) => [{ kind: 'path', access: 'write', path: resolvePath(cwd, path) }],
  preview: async (request, context) => {
    const { path, file } = await load(request, context);
    const name = showPath(context.workspace.cwd, path);
    return previewOf(name, path, await planFile(name, path, file.text, request.edits));
  },
  run: editFile,
});

async function editFile(request: Input, context: ToolContext): Promise<ToolOutput> {
  const { workspace, checkedPaths, shown } = context;
  const { path, file } = await load(request, context);
  const name = showPath(workspace.cwd, path);
  const isChanged = !(await isAsSeen(workspace, path, file));
  const called = isChanged ? `${name}, which changed on disk since it was read` : name;
  const planned = await planFile(called, path, file.text, request.edits);
  const { before, after, text } = planned;
  await requireShown(shown, name, () => previewOf(name, path, planned));
  await saveText(workspace, path, { ...file, text }, file.stats, {
    isPartlyUnseen: isChanged,
    checkedPath: checkedPaths?.get(path),
  });
  const notes = after.notes.length === 0 ? '' : ` (${after.notes.join('; ')})`;
  const warning = isChanged
    ? ` ${name} had changed on disk since it was read; the edit fits what is there now. Read it again before you rely on the rest of it.`
    : '';
  return {
    output: `Changed ${name}: ${count(after.changes.length, 'replacement')} at ${describeLines(after)}${notes}.${warning}${describeNames(name, file.stats)}`,
    view: await makeDiffView(name, path, before, after.text),
    changedFiles: [path],
  };
}

function previewOf(name: string, path: string, { before, after }: Planned): Promise<ResultView> {
  return makeDiffView(name, path, before, after.text, previewLines);
}

type Planned = { readonly before: string; readonly after: Plan; readonly text: string };

/** What edits make of a file: `before` and `after` as they are shown, `text` as it is written. In a notebook edits are made in its cells. */
async function planFile(name: string, path: string, text: string, edits: Input['edits']): Promise<Planned> {
  const cells = path.toLowerCase().endsWith('.ipynb') ? readCells(text) : undefined;
  if (cells === undefined) {
    const after = planEdits(name, text, edits);
    return { before: text, after, text: after.text };
  }
  const before = sourcesOf(cells);
  const after = planEdits(name, before, edits);
  return { before, after, text: await rewriteNotebook(name, text, cells, after.text) };
}

async function load(
  request: Input,
  { workspace, checkedPaths }: ToolContext,
): Promise<{ path: string; file: LoadedFile }> {
  const { cwd } = workspace;
  const path = resolvePath(cwd, request.path);
  const hasEmptyOldText = request.edits.some(({ oldText }) => oldText === '');
  if (hasEmptyOldText && (await lookAt(workspace, path, checkedPaths?.get(path))) === undefined) {
    throw new ToolError(
      'missing-path',
      `${showPath(cwd, path)} does not exist, and edit changes existing files only. Create it with write.`,
    );
  }
  if (hasEmptyOldText) {
    throw new ToolError(
      'bad-arguments',
      'oldText is empty, so there is no place to change. To insert, name a line next to the place as oldText and repeat it in newText; to replace the whole file, use write.',
    );
  }
  return { path, file: await loadText(workspace, path, checkedPaths?.get(path)) };
}

/** The lines of the new text that the changes made: `lines 3-5, 9`. */
function describeLines({ text, changes }: Plan): string {
  let moved = 0;
  const ranges = changes.slice(0, 10).map(({ start, end, newText }) => {
    const first = lineAt(text, start + moved);
    const last = lineAt(text, start + moved + Math.max(0, newText.replace(/\n$/, '').length));
    moved += newText.length - (end - start);
    return first === last ? `${first}` : `${first}-${last}`;
  });
  const more = changes.length > 10 ? ` and ${changes.length - 10} more` : '';
  return `${changes.length === 1 && !ranges[0]?.includes('-') ? 'line' : 'lines'} ${ranges.join(', ')}${more}`;
}
