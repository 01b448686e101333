import { realpathSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { listNames } from '../core/disk/list-names.ts';
import { readText } from '../core/disk/read-text.ts';
import { type ReadingGate, whyLeftOut } from '../core/disk/reading-gate.ts';
import { messageOf } from '../core/errors.ts';
import { readFields, textField } from '../core/text/fields.ts';
import { splitFrontMatter } from '../core/text/front-matter.ts';
import { ignoredUntrusted } from '../core/untrusted.ts';

/** A folder with a SKILL.md (agentskills.io): what it is for is always known to the model, how it is done is read when it is used. */
export type Skill = {
  readonly name: string;
  readonly description: string;
  readonly source: 'user' | 'repository';
  /** Absolute; scripts and further texts lie in it. */
  readonly folder: string;
  readonly body: string;
  /** false: only the user calls for it. */
  readonly isForModel: boolean;
  /** What its arguments look like. */
  readonly hint?: string;
};

export type SkillPlaces = {
  /** $WINK_HOME. */
  readonly home: string;
  /** The user's home folder. */
  readonly userHome: string | undefined;
  readonly repository: string;
  readonly isTrusted: boolean;
  readonly gate: ReadingGate;
};

/** The folders in which skills are looked for. */
export function skillPlaces({ home, userHome, repository }: Pick<SkillPlaces, 'home' | 'userHome' | 'repository'>) {
  const user = [
    join(home, 'skills'),
    ...(userHome ? [join(userHome, '.agents/skills'), join(userHome, '.claude/skills')] : []),
  ];
  return { user, theirs: ['.wink/skills', '.agents/skills', '.claude/skills'].map((name) => join(repository, name)) };
}

const maxBytes = 256 * 1024;
const maxSkills = 200;
const deepest = 2;

/**
 * The skills of the user ($WINK_HOME/skills, ~/.agents/skills, ~/.claude/skills) and of a trusted repository (.wink, .agents, .claude). One
 * of the repository does not replace the user's of the same name. What is left out is said.
 */
export async function findSkills({ home, userHome, repository, isTrusted, gate }: SkillPlaces): Promise<{
  skills: Skill[];
  warnings: string[];
}> {
  const warnings: string[] = [];
  const { user, theirs } = skillPlaces({ home, userHome, repository });
  const own = user.flatMap((folder) => listSkillFolders(folder));
  const others = theirs.filter((folder) => !user.includes(folder)).flatMap((folder) => listSkillFolders(folder));
  if (others.length > 0 && !isTrusted) warnings.push(ignoredUntrusted(`The skills of ${repository}`, 'are'));
  const skills = new Map<string, Skill>();
  const folders = new Set<string>();
  const places = [
    ...own.map((folder) => ({ folder, source: 'user' as const })),
    ...(isTrusted ? others : []).map((folder) => ({ folder, source: 'repository' as const })),
  ];
  for (const { folder, source } of places.slice(0, maxSkills)) {
    const real = realpathSync(folder);
    if (folders.has(real)) continue;
    folders.add(real);
    const closed = whyLeftOut(fileOf(folder) ?? folder, gate, source === 'repository' ? repository : undefined);
    if (closed !== undefined) {
      warnings.push(`The skill in ${folder} ${closed}.`);
      continue;
    }
    const skill = await readSkill(folder, source).catch((error: unknown) => messageOf(error));
    if (typeof skill === 'string') warnings.push(`The skill in ${folder} is left out: ${skill}.`);
    else if (skills.has(skill.name))
      warnings.push(
        `The skill in ${folder} is left out: there is another ${skill.name} in ${skills.get(skill.name)?.folder}.`,
      );
    else skills.set(skill.name, skill);
  }
  return { skills: [...skills.values()].sort((left, right) => (left.name < right.name ? -1 : 1)), warnings };
}

/** Folders with a SKILL.md below a folder, which may be sorted into others. */
function listSkillFolders(folder: string, depth = 0): string[] {
  return listNames(folder).flatMap((name) => {
    const path = join(folder, name);
    if (name.startsWith('.') || name === 'node_modules' || !statSync(path, { throwIfNoEntry: false })?.isDirectory())
      return [];
    if (fileOf(path) !== undefined) return [path];
    return depth < deepest ? listSkillFolders(path, depth + 1) : [];
  });
}

function fileOf(folder: string): string | undefined {
  return ['SKILL.md', 'skill.md', 'Skill.md']
    .map((name) => join(folder, name))
    .find((path) => statSync(path, { throwIfNoEntry: false })?.isFile());
}

async function readSkill(folder: string, source: Skill['source']): Promise<Skill | string> {
  const path = fileOf(folder) ?? '';
  if (statSync(path).size > maxBytes) return `its SKILL.md is larger than ${maxBytes / 1024} kB`;
  const text = readText(path);
  const parts = splitFrontMatter(text);
  const fields = await readFields(parts?.yaml ?? '');
  const body = (parts?.body ?? text).trim();
  const name = (textField(fields, 'name') ?? basename(folder)).replace(/[^\w-]+/g, '-').slice(0, 64);
  const firstLine = body.split('\n').find((line) => line.trim() !== '') ?? '';
  const hint = textField(fields, 'argument-hint');
  return {
    name,
    description: (textField(fields, 'description') ?? firstLine.replace(/^#+\s*/, '')).replace(/\s+/g, ' '),
    source,
    folder,
    body,
    isForModel: fields['disable-model-invocation'] !== true,
    ...(hint === undefined ? {} : { hint }),
  };
}
