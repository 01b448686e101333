/** What in a folder makes git take it for a repository without a working tree; `commondir` names another folder that has the rest. */
const parts: readonly string[] = ['HEAD', 'objects', 'refs', 'commondir'];

/** What of such a folder names programs or holds them. */
export const repositorySettings: readonly string[] = ['config', 'hooks', 'commondir'];

/** Names that are looked for in a folder. */
export const repositoryNames: readonly string[] = [...new Set([...parts, ...repositorySettings])];

/** Whether git takes a folder that has these names for a repository. */
export function isRepository(has: (name: string) => boolean): boolean {
  return has('HEAD') && (has('commondir') || (has('objects') && has('refs')));
}
