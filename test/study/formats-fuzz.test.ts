import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { trajectoryFormats } from '../../src/study/formats/all-formats.ts';
import type { StudyTrajectory, TrajectoryFormat } from '../../src/study/input/trajectory.ts';

const fixtures = join(import.meta.dirname, '../fixtures/formats');
const files = readdirSync(fixtures)
  .filter((name) => statSync(join(fixtures, name)).isFile() && name !== 'unknown.json')
  .map((name) => ({ name, text: readFileSync(join(fixtures, name), 'utf8') }));

/** What the reader does with a file: the first format that knows its head, and an error of its parser is a skipped file. */
function read(text: string, name: string): { format: TrajectoryFormat | undefined; runs: readonly StudyTrajectory[] } {
  const format = trajectoryFormats.find((candidate) => candidate.recognises(text, name));
  if (format === undefined) return { format, runs: [] };
  const pieces = format.unit === 'line' ? text.split('\n').filter((line) => line.trim() !== '') : [text];
  const runs = pieces.flatMap((piece) => {
    try {
      return format.parse(piece, { file: join(fixtures, name), line: 1 });
    } catch {
      return [];
    }
  });
  return { format, runs };
}

function isWhole(run: StudyTrajectory): boolean {
  return (
    typeof run.id === 'string' &&
    run.steps.every(
      (step) =>
        typeof step.index === 'number' &&
        typeof step.text === 'string' &&
        step.calls.every(
          (call) => typeof call.output === 'string' && typeof call.input === 'object' && call.input !== null,
        ),
    )
  );
}

describe('formats and broken files', () => {
  it.each(files)('$name is known by its form alone', ({ name, text }) => {
    expect(read(text, name).format).toBeDefined();
    expect(read(text, name.replace(/\..*/, '.json')).format).toBe(read(text, name).format);
  });

  it('what is left of a file that was cut anywhere reads as whole steps or as nothing', () => {
    fc.assert(
      fc.property(fc.constantFrom(...files), fc.nat(1_000_000), ({ name, text }, at) => {
        const { runs } = read(text.slice(0, at % (text.length + 1)), name);
        return runs.every(isWhole);
      }),
      { numRuns: 400 },
    );
  });

  it('a line or a value that became something else changes nothing but its own part', () => {
    const values = fc.constantFrom('null', '7', '"x"', '[]', '{}', 'true', '[null]', '{"type":"message"}');
    fc.assert(
      fc.property(fc.constantFrom(...files), fc.nat(1_000_000), values, ({ name, text }, at, value) => {
        const places = [...text.matchAll(/:\s*("(?:[^"\\]|\\.)*"|\d+|true|false|null|\[\]|\{\})/g)];
        const place = places[at % places.length]!;
        const start = place.index + place[0].length - place[1]!.length;
        const { runs } = read(text.slice(0, start) + value + text.slice(start + place[1]!.length), name);
        return runs.every(isWhole);
      }),
      { numRuns: 800 },
    );
  });
});
