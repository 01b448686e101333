import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import * as z from 'zod';
import { writeFileAtomic } from '../../core/disk/atomic.ts';
import { UserError } from '../../core/errors.ts';
import type { Code, CodedLabel } from '../../core/qualitative-coding.ts';
import { parseJson } from '../../core/text/json.ts';
import { builtInClasses } from '../../observer/classes/taxonomy.ts';
import { runKey } from '../input/read-labels.ts';

const labelSchema = z.looseObject({
  class: z.string(),
  start: z.number(),
  visible: z.number(),
  end: z.number(),
  confidence: z.number().default(1),
  severity: z.enum(['low', 'medium', 'high']).default('medium'),
  evidence: z.string().optional(),
});

const lineSchema = z.looseObject({
  set: z.string().optional(),
  source: z.string(),
  id: z.string(),
  coder: z.string().default('unknown'),
  steps: z.number().optional(),
  draft: z.boolean().default(false),
  labels: z.looseObject({ misbehaviours: z.array(labelSchema) }),
});

/** The name under which the agreed reading of a run is written. */
export const adjudicated = 'adjudicated';

/** One coder's reading of one run, as a line of the labels file. */
export type LabelLine = {
  readonly set?: string | undefined;
  readonly source: string;
  readonly id: string;
  readonly coder: string;
  /** Count of steps of the run, when known. */
  readonly steps?: number | undefined;
  readonly labels: readonly CodedLabel[];
  /** The run was left before its end; a draft counts for nothing but to go on from. */
  readonly isDraft: boolean;
};

/** The readings in a labels file, the last of each coder and run; none when the file does not exist yet. */
export function readLabels(path: string): LabelLine[] {
  const last = new Map<string, LabelLine>();
  if (!existsSync(path)) return [];
  readFileSync(path, 'utf8')
    .split('\n')
    .forEach((text, at) => {
      if (text.trim() === '') return;
      const line = parseLine(text, `${path}:${at + 1}`);
      last.set(`${line.coder}\n${runKey(line)}`, line);
    });
  return [...last.values()];
}

function parseLine(text: string, place: string): LabelLine {
  try {
    const { set, source, id, coder, steps, draft, labels } = lineSchema.parse(JSON.parse(text));
    const misbehaviours = labels.misbehaviours.map(
      ({ class: name, start, visible, end, confidence, severity, evidence }) => ({
        class: name,
        start,
        visible,
        end,
        confidence,
        severity,
        note: evidence ?? '',
      }),
    );
    return { set, source, id, coder, steps, labels: misbehaviours, isDraft: draft };
  } catch {
    throw new UserError(
      `${place} is not a line of labels; it was left as it is. Fix or remove the line, or give another file with --labels.`,
    );
  }
}

/** Adds a reading at the end of the file: an earlier one of the same coder is replaced by being older. */
export function appendLabels(path: string, line: LabelLine, at: string): void {
  appendFileSync(path, `${writeLine(line, at)}\n`, { mode: 0o600 });
}

function writeLine(line: LabelLine, at: string): string {
  const misbehaviours = line.labels.map(({ note, ...label }) => ({ ...label, evidence: note }));
  const set = line.set === undefined ? {} : { set: line.set };
  const draft = line.isDraft ? { draft: true } : {};
  return JSON.stringify({
    ...set,
    source: line.source,
    id: line.id,
    coder: line.coder,
    steps: line.steps,
    at,
    ...draft,
    labels: { misbehaviours },
  });
}

/** Rewrites a file of readings whole, in the form that eval joins. */
export async function writeLabels(path: string, lines: readonly LabelLine[], at: string): Promise<void> {
  await writeFileAtomic(path, lines.map((line) => `${writeLine(line, at)}\n`).join(''));
}

/** The lines for eval: one reading a run, the adjudicated one where there is one, else the only coder's. */
export function chooseReadings(lines: readonly LabelLine[]): {
  readonly chosen: readonly LabelLine[];
  readonly open: readonly LabelLine[];
} {
  const byRun = groupByRun(lines.filter((line) => !line.isDraft));
  const chosen: LabelLine[] = [];
  const open: LabelLine[] = [];
  for (const readings of byRun.values()) {
    const final =
      readings.find((reading) => reading.coder === adjudicated) ?? (readings.length === 1 ? readings[0] : undefined);
    if (final) chosen.push(final);
    else open.push(readings[0]!);
  }
  return { chosen, open };
}

/** The readings of each run, in the order of the file. */
export function groupByRun(lines: readonly LabelLine[]): Map<string, LabelLine[]> {
  const byRun = new Map<string, LabelLine[]>();
  for (const line of lines) {
    const readings = byRun.get(runKey(line));
    if (readings) readings.push(line);
    else byRun.set(runKey(line), [line]);
  }
  return byRun;
}

const codebookSchema = z.object({
  codes: z.array(
    z.object({ name: z.string(), category: z.string(), summary: z.string(), mergedInto: z.string().optional() }),
  ),
});

/** The built-in classes and the open codes that coders added, next to the labels file. */
export function readCodebook(path: string): Code[] {
  const builtIn = builtInClasses.map(({ name, category, summary }) => ({ name, category, summary, isOpen: false }));
  if (!existsSync(path)) return builtIn;
  const parsed = codebookSchema.safeParse(parseJson(readFileSync(path, 'utf8')));
  if (!parsed.success)
    throw new UserError(`${path} is not a codebook: it needs "codes" with name, category and summary each.`);
  const open = parsed.data.codes.map(({ mergedInto, ...code }) => ({
    ...code,
    isOpen: true,
    ...(mergedInto !== undefined && { mergedInto }),
  }));
  return [...builtIn, ...open];
}

/** Writes the open codes; the built-in classes are the program's own. */
export async function writeCodebook(path: string, codes: readonly Code[]): Promise<void> {
  const open = codes.filter((code) => code.isOpen).map(({ isOpen: _, ...code }) => code);
  await writeFileAtomic(path, `${JSON.stringify({ codes: open }, null, 2)}\n`);
}

/** The class that a code stands for now, after merges. */
export function resolveCode(codes: readonly Code[], name: string): string {
  const seen = new Set<string>();
  let current = name;
  while (!seen.has(current)) {
    seen.add(current);
    const target = codes.find((code) => code.name === current)?.mergedInto;
    if (target === undefined) return current;
    current = target;
  }
  return current;
}
