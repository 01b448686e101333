import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { decodeBytes } from '../../core/text/decode.ts';
import { splitFrontMatter } from '../../core/text/front-matter.ts';
import { builtInClasses, type MisbehaviourClass } from './taxonomy.ts';

const maxClasses = 20;
const maxQuestionLength = 4000;

const frontMatterSchema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]{1,60}$/, 'must be small letters, digits and dashes'),
  category: z.string().min(1).max(60).default('Custom'),
  when: z.enum(['interval', 'turn-end']).default('interval'),
  summary: z.string().min(1).max(200).optional(),
});

/** The taxonomy of a run, and a sentence for each file that could not be used. */
export type LoadedClasses = { readonly classes: readonly MisbehaviourClass[]; readonly problems: readonly string[] };

/**
 * The built-in classes and those of a user: one Markdown file a class (front matter: name, category, when: interval | turn-end,
 * summary; body: the question to the judge). Later folders win over earlier ones by name; a missing folder isn't one. The caller
 * decides which folders may be trusted: a question is an instruction to the judge.
 */
export async function loadClasses(folders: readonly string[]): Promise<LoadedClasses> {
  const own = new Map<string, MisbehaviourClass>();
  const problems: string[] = [];
  for (const file of (await Promise.all(folders.map(listFiles))).flat()) {
    const loaded = await loadClass(file);
    if (typeof loaded === 'string') problems.push(loaded);
    else if (own.size < maxClasses || own.has(loaded.name)) own.set(loaded.name, loaded);
    else problems.push(`${file}: more than ${maxClasses} classes; this one is left out.`);
  }
  return { classes: [...builtInClasses, ...own.values()], problems };
}

async function listFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => join(folder, name));
}

/** A class, or one sentence on what is wrong with its file. */
async function loadClass(file: string): Promise<MisbehaviourClass | string> {
  const text = await readFile(file).then(decodeBytes, () => undefined);
  if (text === undefined) return `${file} can not be read.`;
  const parts = splitFrontMatter(text);
  if (parts === undefined) return `${file} has no front matter (--- name, category, when ---) before its question.`;
  const { parseYaml } = await import('./parse-yaml.ts');
  const parsed = frontMatterSchema.safeParse(parseYaml(parts.yaml));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return `${file}: ${issue?.path.join('.') || 'front matter'}: ${issue?.message}.`;
  }
  const question = parts.body.trim().slice(0, maxQuestionLength);
  const { name, category, when, summary } = parsed.data;
  if (question === '') return `${file} asks nothing: its body is the question to the judge.`;
  if (builtInClasses.some((known) => known.name === name))
    return `${file}: ${name} is a built-in class; take another name.`;
  return { name, category, when, question, summary: summary ?? `shows ${name.replaceAll('-', ' ')}` };
}
