import { loadPrompt } from '../../core/prompt.ts';
import type { Instructions } from '../../observer/guards/constraint-guard.ts';

/** A heading that the system prompt gives an instruction file; what comes below it may have headings of its own. */
const fileHeading = /^## (.*?(?:AGENTS|CLAUDE|GEMINI)\.md|.+(?= \(imported by ))(?: \(imported by .+\))?$/;

/** The instruction files (AGENTS.md and the like) that a session's system prompt ends with; none in a session that had none. */
export function readInstructions(system: string): readonly Instructions[] {
  const [heading] = loadPrompt('context/instructions', { files: '' }).split('\n', 1);
  const start = system.indexOf(`\n${heading}\n`);
  if (start === -1) return [];
  const found: { source: string; lines: string[] }[] = [];
  for (const line of system.slice(start).split('\n')) {
    const source = fileHeading.exec(line)?.[1];
    if (source !== undefined) found.push({ source, lines: [] });
    else found.at(-1)?.lines.push(line);
  }
  return found.map(({ source, lines }) => ({ source, text: lines.join('\n').trim() }));
}
