import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { redSquare } from '../../src/doctor/picture.ts';
import { ended, makeFolder, serve, start } from './program.ts';

/** A PDF of one page with a sentence; the table of objects is left to the reader to rebuild. */
const pdf = `%PDF-1.4
1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj
2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj
3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Resources << /Font << /F1 5 0 R >> >> /Contents 4 0 R >> endobj
4 0 obj << /Length 109 >> stream
BT /F1 12 Tf 50 700 Td (The invoice is about forty-two chairs and one very long table for them all.) Tj ET
endstream endobj
5 0 obj << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> endobj
trailer << /Root 1 0 R >>
%%EOF
`;

test('the model sees what it reads: a picture, a PDF, a notebook', async () => {
  const cwd = makeFolder();
  writeFileSync(join(cwd, 'a.png'), Buffer.from(redSquare().split(',')[1] ?? '', 'base64'));
  writeFileSync(join(cwd, 'a.pdf'), pdf);
  writeFileSync(
    join(cwd, 'a.ipynb'),
    JSON.stringify(
      {
        cells: [{ cell_type: 'code', execution_count: null, metadata: {}, outputs: [], source: ['y = 2'] }],
        metadata: {},
        nbformat: 4,
        nbformat_minor: 4,
      },
      null,
      1,
    ),
  );
  const read = (path: string) => ({ name: 'read', arguments: { path } });
  const edit = { name: 'edit', arguments: { path: 'a.ipynb', oldText: 'y = 2', newText: 'y = 3' } };
  const server = await serve([
    { calls: [read('a.png'), read('a.pdf'), read('a.ipynb')] },
    { calls: [edit] },
    { text: 'Seen.' },
  ]);
  const words = [
    '-p',
    'Look at them.',
    '--base-url',
    server.url,
    '--model',
    'scripted',
    '--approval',
    'full',
    '--output-format',
    'stream-json',
  ];
  const { stdout, code } = await ended(start(words, { cwd, home: makeFolder() }));
  expect(code).toBe(0);
  const sent = JSON.stringify(server.requests[1]?.body.messages);
  expect(sent).toContain(redSquare());
  expect(sent).toContain('The invoice is about forty-two chairs');
  expect(sent).toContain('--- cell 1, code ---');
  expect(stdout).toMatch(/Changed a\.ipynb: 1 replacement/);
});
