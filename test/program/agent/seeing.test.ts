import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { redSquare } from '../../../src/doctor/red-square.ts';
import { ended, makeFolder, serve, start } from '../program.ts';
import { done, runTask } from '../task.ts';

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

/** Pages without text, each with a square of its own colour. */
function drawings(...colours: readonly string[]): string {
  const pages = colours.map((colour, at) => {
    const stream = `${colour} rg 100 100 400 600 re f`;
    return `${10 + at * 2} 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents ${11 + at * 2} 0 R >> endobj
${11 + at * 2} 0 obj << /Length ${stream.length} >> stream
${stream}
endstream endobj`;
  });
  const kids = colours.map((_, at) => `${10 + at * 2} 0 R`).join(' ');
  return `%PDF-1.4
1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj
2 0 obj << /Type /Pages /Kids [${kids}] /Count ${colours.length} >> endobj
${pages.join('\n')}
trailer << /Root 1 0 R >>
%%EOF
`;
}

type Part = { readonly type: string; readonly text?: string; readonly image_url?: { readonly url: string } };

test('pages of a PDF are seen: those that hold no text by themselves, others when they are asked for, a few at a time', async () => {
  const scan = drawings('1 0 0', '0 1 0', '0 0 1', '1 0 0', '0 1 0', '0 0 1', '1 1 0');
  const read = (args: Record<string, unknown>) => ({ calls: [{ name: 'read', arguments: args }] });
  const { requests } = await runTask({
    files: { 'scan.pdf': scan, 'text.pdf': pdf, 'a.txt': 'one' },
    replies: [
      read({ path: 'scan.pdf' }),
      read({ path: 'scan.pdf', pages: '6-10' }),
      read({ path: 'text.pdf', pages: 1 }),
      read({ path: 'scan.pdf', pages: '9' }),
      read({ path: 'scan.pdf', pages: 'all' }),
      done,
    ],
  });
  const messages = requests.at(-1)!.body.messages as { role: string; content: string | Part[] | null }[];
  const results = messages.filter(({ role }) => role === 'tool').map(({ content }) => String(content));
  const pictures = messages.flatMap(({ content }) =>
    typeof content === 'string' || content === null
      ? []
      : [content.filter(({ type }) => type === 'image_url').map((part) => part.image_url!.url)],
  );
  expect(results[0]).toMatch(/scan or drawings\. Pages 1, 2, 3, 4, 5 shown as pictures; go on with pages: "6-10"\./);
  expect(results[1]).toMatch(/Pages 6, 7 shown as pictures\./);
  expect(results[2]).toMatch(/Page 1 shown as pictures\.\n--- page 1 of 1 ---\nThe invoice is about/);
  expect(results[3]).toContain('there is no page 9');
  expect(results[4]).toContain('it must be like');
  expect(pictures.map((each) => each.length)).toEqual([5, 2, 1]);
  const [red] = pictures.flat();
  const png = Buffer.from(red!.split(',')[1]!, 'base64');
  expect(red!.startsWith('data:image/png;base64,')).toBe(true);
  expect([png.readUInt32BE(16), png.readUInt32BE(20)].map((side) => side > 800 && side < 1600)).toEqual([true, true]);
  // Stored as differences to the row above: the first row of the square says its colour.
  const rows = inflateSync(png.subarray(png.indexOf('IDAT') + 4));
  expect(rows.includes(Buffer.from([0, 1, 1]))).toBe(true);
});
