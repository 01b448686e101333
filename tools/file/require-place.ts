import { pinFolder } from '../../src/core/disk/pinned-folder.ts';
import { ToolError } from '../../src/core/tool.ts';

/** Throws a ToolError where a folder, given by the real path that was allowed, has been replaced since, by a link for instance. */
export async function requirePlace(name: string, place: string): Promise<void> {
  const held = await pinFolder(place).catch(() => undefined);
  if (!held)
    throw new ToolError(
      'stale-file',
      `${name} leads elsewhere than when it was allowed, or can't be opened. Try again.`,
    );
  await held.close();
}
