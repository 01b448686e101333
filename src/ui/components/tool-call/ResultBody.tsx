import { Box } from 'ink';
import { revealName } from '../../../core/questions/reveal.ts';
import type { DiffView, ResultView } from '../../../core/screen/result-view.ts';
import { count } from '../../../core/text/count.ts';
import { sanitize } from '../../../core/text/sanitize.ts';
import type { ToolResult } from '../../../core/types.ts';
import { planItems } from '../../state/reduce-calls.ts';
import { failureExcerpt, headAndTail } from '../../text/excerpt.ts';
import { expandTabs } from '../../text/expand-tabs.ts';
import { ExcerptRows } from '../layout/ExcerptRows.tsx';
import { ListItem } from '../layout/ListItem.tsx';
import { Words } from '../layout/Words.tsx';
import { Diff } from './Diff.tsx';

/** How much of a result is shown: little in the conversation, all in the transcript. */
export type Extent = {
  readonly diffRows: number;
  readonly outputRows: number;
  readonly isOpen: boolean;
  /** Rows from the first on that can come into sight: those behind them are not laid out, and have their room. */
  readonly inSight?: number;
};

export const quietExtent: Extent = { diffRows: 24, outputRows: 6, isOpen: false };
export const openExtent: Extent = { diffRows: 100_000, outputRows: 100_000, isOpen: true };

/** Whether a result has anything to show below its head. */
export function hasBody({ view, output, isError }: ToolResult, { isOpen }: Extent): boolean {
  if (view?.kind === 'diff') return view.lines.length > 0 || isError;
  if (view?.kind === 'list') return view.items.length > 0;
  if (view?.kind === 'patch') return true;
  return (isOpen || isError || view?.kind === 'command') && outputLines(output).length > 0;
}

/** What a call did: its diff, its list, or the part of its output that says most. */
export function ResultBody({ result, extent }: { readonly result: ToolResult; readonly extent: Extent }) {
  const { view, output, isError, errorKind } = result;
  if (view?.kind === 'diff' && view.lines.length > 0) return <ViewBody view={view} extent={extent} />;
  if (view?.kind === 'list') return <ViewBody view={view} extent={extent} />;
  if (view?.kind === 'patch' && !isError && !extent.isOpen) return <FirstFiles files={view.files} extent={extent} />;
  const lines = outputLines(output, extent.isOpen);
  // What stands below is the whole form of the arguments, for the model.
  if (errorKind === 'bad-arguments' && !extent.isOpen) return <ExcerptRows excerpt={lines.slice(0, 1)} role="quiet" />;
  const excerpt = (isError ? failureExcerpt : headAndTail)(lines, extent.outputRows);
  if (view?.kind !== 'patch') return <ExcerptRows excerpt={excerpt} role="quiet" />;
  return (
    <>
      <ExcerptRows excerpt={excerpt} role="quiet" />
      <Patch files={view.files} extent={extent} />
    </>
  );
}

/** Files of several that are shown in the conversation. */
const firstFiles = 3;

/** The first of several files, and how many others there are. */
function FirstFiles({ files, extent }: { readonly files: readonly DiffView[]; readonly extent: Extent }) {
  const diffRows = Math.floor(extent.diffRows / Math.min(firstFiles, files.length));
  const others = files.length - firstFiles;
  return (
    <Box flexDirection="column">
      <Patch files={files.slice(0, firstFiles)} extent={{ ...extent, diffRows }} />
      {others > 0 && <Words role="quiet">{`${count(others, 'more file')}; Ctrl+O shows all`}</Words>}
    </Box>
  );
}

/** What a call will change, as its tool shows it; nothing for a command, whose line says it. */
export function ViewBody({ view, extent }: { readonly view: ResultView; readonly extent: Extent }) {
  if (view.kind === 'diff') return <FileDiff view={view} extent={extent} />;
  if (view.kind === 'patch') return <Patch files={view.files} extent={extent} />;
  if (view.kind !== 'list') return null;
  return (
    <Box flexDirection="column">
      {planItems(view).map((item, index) => (
        <ListItem key={index} {...item} />
      ))}
    </Box>
  );
}

function FileDiff({ view, extent }: { readonly view: DiffView; readonly extent: Extent }) {
  const changed = view.lines.filter(({ kind }) => kind !== 'same').length;
  return (
    <Diff
      lines={view.lines}
      limit={extent.diffRows}
      wraps={extent.isOpen}
      notKept={Math.max(0, view.added + view.removed - changed)}
      inSight={extent.inSight}
    />
  );
}

/** Several files, one below the other. */
function Patch({ files, extent }: { readonly files: readonly DiffView[]; readonly extent: Extent }) {
  let rows = 0;
  return files.map((file, index) => {
    const above = rows;
    rows += 1 + file.lines.length;
    if (above < (extent.inSight ?? Number.POSITIVE_INFINITY)) return <PatchedFile key={index} {...{ file, extent }} />;
    return <Box key={index} height={rows - above} flexShrink={0} />;
  });
}

/** One of several files: its name and what becomes of it, then its lines. */
function PatchedFile({ file, extent }: { readonly file: DiffView; readonly extent: Extent }) {
  const fate = file.fate === undefined ? '' : ` (${file.fate})`;
  return (
    <Box flexDirection="column">
      <Words
        bold
        role={file.fate?.startsWith('deleted') ? 'warn' : undefined}
      >{`${revealName(file.title)}${fate}`}</Words>
      <FileDiff view={file} extent={extent} />
    </Box>
  );
}

/**
 * The lines of an output; that a command exited is said in its head. What a line overwrote (a progress bar) is shown where `isWhole`.
 */
export function outputLines(output: string, isWhole = false): string[] {
  const shown = isWhole ? output.replace(/(?<=[^\n\r])\r+(?=[^\n\r])/g, '\u240d') : output;
  const clean = expandTabs(sanitize(shown).replace(/\n\[exit code -?\d+\]\s*$/, '')).replace(/^\s*\n|\s+$/g, '');
  return clean === '' ? [] : clean.split('\n');
}
