import { readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, isAbsolute, join, relative, resolve } from 'node:path';
import * as z from 'zod';
import { readText } from '../core/disk/read-text.ts';
import type { ReadingGate } from '../core/disk/reading-gate.ts';
import { looksSecret } from '../core/disk/secret-paths.ts';
import { loadPrompt } from '../core/prompt.ts';
import { clip } from '../core/text/clip.ts';
import { type Tool, ToolError } from '../core/tool.ts';
import type { JsonObject } from '../core/types.ts';
import type { Skill } from './find-skills.ts';

const input = z.object({
  name: z.string().describe('The skill'),
  arguments: z.string().optional().describe('What it is used for now, where the skill takes arguments'),
  file: z.string().optional().describe('A further file of the skill that its text names, by its path there'),
});

/** All names and descriptions together, in the tool's description: about 2,000 tokens. */
const maxListLength = 8_000;
const maxBodyLength = 40_000;
const maxFiles = 40;

/** The tool by which the model reads a skill when it needs it. What the skill tells to run goes through the permissions like all else. */
export function makeSkillTool(skills: readonly Skill[], gate: ReadingGate): Tool {
  const offered = skills.filter(({ isForModel }) => isForModel);
  const { $schema: _, ...parameters } = z.toJSONSchema(input, { io: 'input' });
  const find = (name: string) => offered.find((skill) => skill.name.toLowerCase() === name.trim().toLowerCase());
  return {
    name: 'skill',
    act: 'read',
    aliases: ['use_skill', 'load_skill', 'read_skill'],
    schema: { name: 'skill', description: loadPrompt('skills/tool', { skills: describeAll(offered) }), parameters },
    prepare: (raw) => {
      const parsed = input.safeParse(withOwnNames(raw));
      if (!parsed.success) return 'it needs a text "name"';
      const { name, arguments: words = '', file } = parsed.data;
      const skill = find(name);
      if (skill === undefined)
        return `there is no skill ${JSON.stringify(name)}; there are ${offered.map((each) => each.name).join(', ')}`;
      return {
        title: file === undefined ? skill.name : `${skill.name}: ${file}`,
        targets: [],
        run: async () => ({
          output: file === undefined ? describeSkill(skill, words) : readSkillFile(skill, file, gate),
        }),
      };
    },
  };
}

/** The arguments under our names: other agents call a skill by `skill` or `command`, with `args`. */
function withOwnNames(raw: JsonObject): JsonObject {
  return { ...raw, name: raw.name ?? raw.skill ?? raw.command ?? raw.skill_name, arguments: raw.arguments ?? raw.args };
}

/** A line a skill; where all do not fit, each description gets its share. */
function describeAll(skills: readonly Skill[]): string {
  const share = Math.max(60, Math.floor(maxListLength / Math.max(1, skills.length)));
  return skills
    .map(({ name, description }) => {
      const room = share - name.length - 4;
      return `- ${name}: ${description.length > room ? `${description.slice(0, room - 1)}…` : description}`;
    })
    .join('\n')
    .slice(0, maxListLength);
}

/** What the model, or the user by `/name`, gets of a skill: its text, where it lies and what else is there. */
export function describeSkill(skill: Skill, words: string): string {
  const { name, folder, body } = skill;
  const filled = body
    .replaceAll('$ARGUMENTS', words.trim())
    .replaceAll(/\$\{(?:CLAUDE_SKILL_DIR|SKILL_DIR)\}/g, folder);
  const files = listFiles(folder);
  const isFilled = body.includes('$ARGUMENTS') || words.trim() === '';
  return [
    `The skill ${name}, from ${folder}:`,
    clip(
      filled,
      maxBodyLength,
      (omitted) => `${omitted} characters left out; read the rest in ${join(folder, 'SKILL.md')}`,
    ),
    ...(isFilled ? [] : [`It is used for: ${words.trim()}`]),
    ...(files.length > 0 ? [`Its files: ${files.join(', ')}`] : []),
  ].join('\n\n');
}

function listFiles(folder: string, prefix = '', depth = 0): string[] {
  const names = readdirSync(join(folder, prefix)).sort();
  return names
    .flatMap((name) => {
      const path = join(prefix, name);
      const stat = statSync(join(folder, path), { throwIfNoEntry: false });
      if (name.startsWith('.') || name === 'node_modules' || (depth === 0 && /^skill\.md$/i.test(name))) return [];
      if (stat?.isDirectory()) return depth < 3 ? listFiles(folder, path, depth + 1) : [];
      return stat?.isFile() ? [path] : [];
    })
    .slice(0, maxFiles);
}

/** A file of a skill, and of no other place: links that lead out of its folder are not followed. */
function readSkillFile({ name, folder }: Skill, file: string, gate: ReadingGate): string {
  const path = resolve(folder, file);
  let real: string;
  try {
    real = realpathSync(path);
  } catch {
    throw new ToolError(
      'missing-path',
      `The skill ${name} has no file ${file}; it has ${listFiles(folder).join(', ') || 'none'}.`,
    );
  }
  const inside = relative(realpathSync(folder), real);
  if (inside.startsWith('..') || isAbsolute(inside))
    throw new ToolError('denied', `${file} lies outside of the skill ${name}.`);
  const why = gate.whyClosed(path) ?? (looksSecret(basename(real)) ? 'it looks like it holds secrets' : undefined);
  if (why !== undefined)
    throw new ToolError(
      'denied',
      `${file} of the skill ${name} is not shown: ${why}. Call read for ${path} to ask the user.`,
    );
  return clip(readText(real), maxBodyLength, (omitted) => `${omitted} characters left out; read the rest in ${path}`);
}
