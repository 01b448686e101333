import { createHash } from 'node:crypto';

/** Providers allow 64 characters of letters, digits, `_` and `-`. */
const maxNameLength = 64;

/**
 * A server's name as it stands in tool names and rules: letters, digits, `_` and `-`, without a double `_` and without one at its
 * ends. A name of other letters alone gets a hash, so that two of them stay apart.
 */
export function serverLabel(name: string): string {
  const label = name
    .replace(/[^A-Za-z0-9_-]/g, '_')
    .replace(/_{2,}/g, '_')
    .replace(/^_|_$/g, '');
  return /[A-Za-z0-9]/.test(label) ? label : `server-${hashOf(name)}`;
}

/** `mcp__server__tool` however long it is: what permissions and rules know the tool by. */
export function ruleName(server: string, tool: string): string {
  return `mcp__${serverLabel(server)}__${toolLabel(tool)}`;
}

/** The name that a provider gets: one that is too long keeps its beginning and gets a hash. */
export function toolName(server: string, tool: string): string {
  const name = ruleName(server, tool);
  return name.length <= maxNameLength ? name : withHash(name, name);
}

/** Another name for a tool whose own is taken: `a.b` where there is an `a_b`. */
export function distinctName(server: string, tool: string): string {
  return withHash(ruleName(server, tool), `${server}/${tool}`);
}

function withHash(name: string, whole: string): string {
  return `${name.slice(0, maxNameLength - 9)}_${hashOf(whole)}`;
}

function toolLabel(tool: string): string {
  const label = tool.replace(/[^A-Za-z0-9_-]/g, '_');
  return /[A-Za-z0-9]/.test(label) ? label : `tool-${hashOf(tool)}`;
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
