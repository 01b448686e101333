import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { keptLessons, lessonPlaces, readPlace } from '../../src/memory/lesson-places.ts';

function makeRepository() {
  const folder = mkdtempSync(join(tmpdir(), 'wink-'));
  const places = { repository: join(folder, 'repository'), home: join(folder, 'home') };
  for (const each of Object.values(places)) mkdirSync(each);
  writeFileSync(join(places.home, 'AGENTS.md'), '## Lessons\n\n- Mine.\n');
  return { folder, places };
}

test.each(['outside.md', 'not-there.md'])(
  'an instruction file that is a link to %s is neither read for lessons nor written, and the user’s own still is',
  (name) => {
    const { folder, places } = makeRepository();
    writeFileSync(join(folder, 'outside.md'), '## Lessons\n\n- Theirs.\n');
    symlinkSync(join('..', name), join(places.repository, 'AGENTS.md'));
    expect(keptLessons(places).map(({ lesson }) => lesson)).toEqual(['Mine.']);
    expect(() => lessonPlaces(places).map((place) => readPlace(place, places.repository))).toThrow(
      /nothing was written/,
    );
  },
);

test('a link within the repository is followed', () => {
  const { places } = makeRepository();
  writeFileSync(join(places.repository, 'CLAUDE.md'), '## Lessons\n\n- Ours.\n');
  symlinkSync('CLAUDE.md', join(places.repository, 'AGENTS.md'));
  expect(keptLessons(places).map(({ lesson }) => lesson)).toEqual(['Ours.', 'Mine.']);
});
