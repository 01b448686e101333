import { parse } from 'yaml';

/** A file of its own, to be loaded when needed: the bundle gives the names of this package only to a static import. */
export function parseYaml(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}
