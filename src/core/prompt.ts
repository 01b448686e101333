import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const cache = new Map<string, string>();

/** The folder that holds package.json, prompts/ and dist/, whether we run from src/ or from the bundle. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'prompts', 'system.md'))) {
    const parent = dirname(folder);
    if (parent === folder)
      throw new Error('The folder prompts/ is missing from the installation; install wink-agent again.');
    folder = parent;
  }
  return folder;
}

let root: string | undefined;

/**
 * Loads prompts/NAME.md and fills its `{{variables}}`. A variable that the text wants and `values` lacks throws, and so does
 * one that `values` has and the text does not use: a prompt and its code can't drift apart unseen.
 */
export function loadPrompt(name: string, values: Readonly<Record<string, string>>): string {
  return fillTemplate(name, readPrompt(name), values);
}

/** The last paragraph of prompts/NAME.md, by which a text that was made from it is known. */
export function endOfPrompt(name: string): string {
  const [end = ''] = readPrompt(name).split('\n\n').slice(-1);
  return fillTemplate(name, end, {});
}

/** Whether prompts/NAME.md has a place for a variable: texts of one kind may differ in that. */
export function promptWants(name: string, variable: string): boolean {
  return readPrompt(name).includes(`{{${variable}}}`);
}

function readPrompt(name: string): string {
  root ??= packageRoot();
  let text = cache.get(name);
  if (text === undefined) {
    text = readFileSync(join(root, 'prompts', `${name}.md`), 'utf8').trim();
    cache.set(name, text);
  }
  return text;
}

/** Fills `{{name}}` in a text; values are inserted as they are and never looked through for further variables. */
export function fillTemplate(name: string, text: string, values: Readonly<Record<string, string>>): string {
  const used = new Set<string>();
  const filled = text.replace(/\{\{(\w+)\}\}/g, (_, variable: string) => {
    const value = values[variable];
    if (value === undefined) throw new Error(`prompts/${name}.md wants {{${variable}}}, which was not given.`);
    used.add(variable);
    return value;
  });
  for (const variable of Object.keys(values)) {
    if (!used.has(variable)) throw new Error(`prompts/${name}.md does not use the variable ${variable}.`);
  }
  return filled;
}
