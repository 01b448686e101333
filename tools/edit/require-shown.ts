import { isDeepStrictEqual } from 'node:util';
import type { ResultView } from '../../src/core/screen/result-view.ts';
import { ToolError } from '../../src/core/tool.ts';

/** Throws `stale-file` where a change is not the one that the user was shown and agreed to: the file was changed meanwhile. */
export async function requireShown(
  shown: ResultView | undefined,
  name: string,
  makeView: () => Promise<ResultView>,
): Promise<void> {
  if (shown === undefined || isDeepStrictEqual(await makeView(), shown)) return;
  throw new ToolError(
    'stale-file',
    `${name} was changed while the user was asked, so this would not make the change that they agreed to. Nothing was changed. Read it again and call again; they are asked about the change as it is now.`,
  );
}
