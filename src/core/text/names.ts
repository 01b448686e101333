/** A tool as name matching sees it. */
export type NamedTool = { readonly name: string; readonly aliases?: readonly string[] };

/**
 * Finds the tool that a model means: by its name, then by name or alias without regard to case, `-`, `_` and blanks, after
 * stripping namespaces ("functions.read") and leaked control tokens ("read<|channel|>json"). undefined when no tool or more
 * than one fits.
 */
export function matchTool<Named extends NamedTool>(name: string, tools: readonly Named[]): Named | undefined {
  const exact = tools.find((tool) => tool.name === name);
  if (exact) return exact;
  const bare = name.replace(/<\|.*$/s, '').replace(/^(functions?|tools?|default_api)[.:/]/i, '');
  const wanted = foldName(bare);
  if (wanted === '') return undefined;
  const byName = tools.filter((tool) => foldName(tool.name) === wanted);
  const matching =
    byName.length > 0 ? byName : tools.filter((tool) => tool.aliases?.some((alias) => foldName(alias) === wanted));
  return matching.length === 1 ? matching[0] : undefined;
}

/** A name without case, `-`, `_` and blanks. */
export function foldName(name: string): string {
  return name.toLowerCase().replace(/[-_\s]/g, '');
}
