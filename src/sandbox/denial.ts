import { isAbsolute } from 'node:path';

export type CommandOutcome = { readonly output: string; readonly exitCode: number | null };

const writes =
  /(?:^|[\s'":`(])([^\s'":`(),]*)['"`)]?:? (?:Read-only file system|Operation not permitted)|EROFS[^\n]*?'([^'\n]+)'|OSError: \[Errno 30\][^\n]*?'([^'\n]+)'|Read-only file system/;
const network =
  /could not resolve host|temporary failure in name resolution|network is unreachable|name or service not known|ENETUNREACH|EAI_AGAIN|getaddrinfo ENOTFOUND|no such host|nodename nor servname provided|failed to lookup address|dial (tcp|udp)[^\n]*(unreachable|lookup)/i;

/**
 * Words for the model when a command failed because of the sandbox; undefined when nothing points to it. `writable` are the folders
 * that may be written.
 */
export function explainDenial(
  outcome: CommandOutcome,
  writable: readonly string[],
  hasNetwork: boolean,
): string | undefined {
  if (outcome.exitCode === 0) return undefined;
  const tail = outcome.output.slice(-20_000);
  const denied = writes.exec(tail);
  const path = denied?.slice(1).find((each) => each !== undefined && each !== '');
  const isOurs =
    path === undefined ||
    !isAbsolute(path) ||
    !writable.some((folder) => path === folder || path.startsWith(`${folder}/`));
  if (denied && (isOurs || denied[0].includes('Read-only'))) {
    return `The sandbox stopped a write${path ? ` to ${path}` : ''}: commands may write only in ${writable.join(', ')}. Write there instead, or say to the user what is needed and why; they can allow a folder with --add-dir.`;
  }
  if (!hasNetwork && network.test(tail)) {
    return 'The sandbox has no network, so the connection failed. Do without it, or say to the user what is needed and why; they can allow it with the setting sandbox.network.';
  }
  return undefined;
}
