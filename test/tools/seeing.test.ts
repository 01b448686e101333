import { deflateSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { redSquare } from '../../src/doctor/red-square.ts';
import { openRegular } from '../../tools/file/open-file.ts';
import { extractPages, readPdf } from '../../tools/file/pdf.ts';
import { readPageNumbers } from '../../tools/file/pdf-pages.ts';
import { makeHarness } from './harness.ts';

const png = Buffer.from(redSquare().split(',')[1] ?? '', 'base64');

/** A PDF (1.4) of one page a text, each drawn in Helvetica; without a text the page is empty. */
function pdf(...texts: readonly string[]): Buffer {
  const objects: string[] = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Kids [${texts.map((_, at) => `${4 + at * 2} 0 R`).join(' ')}] /Count ${texts.length} >>`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  for (const [at, text] of texts.entries()) {
    const stream = text
      .split('\n')
      .map((line, row) => `BT /F1 12 Tf 50 ${700 - row * 16} Td (${line}) Tj ET`)
      .join('\n');
    objects.push(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> /Contents ${5 + at * 2} 0 R >>`,
      `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
    );
  }
  let body = '%PDF-1.4\n';
  const places = objects.map((object, at) => {
    const place = body.length;
    body += `${at + 1} 0 obj\n${object}\nendobj\n`;
    return place;
  });
  const table = places.map((place) => `${String(place).padStart(10, '0')} 00000 n \n`).join('');
  const start = body.length;
  return Buffer.from(
    `${body}xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer << /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`,
    'latin1',
  );
}

const notebook = {
  cells: [
    { cell_type: 'markdown', id: 'a1', metadata: {}, source: ['# Title\n', 'words'] },
    {
      cell_type: 'code',
      execution_count: 3,
      id: 'a2',
      metadata: { scale: 1.5 },
      outputs: [
        { output_type: 'stream', name: 'stdout', text: ['out 1\n'] },
        {
          output_type: 'display_data',
          data: { 'image/png': png.toString('base64'), 'text/plain': ['<Figure>'] },
          metadata: {},
        },
        { output_type: 'error', ename: 'ValueError', evalue: 'no', traceback: [] },
      ],
      source: ['x = 1\n', 'print(x)'],
    },
    { cell_type: 'code', execution_count: null, id: 'a3', metadata: {}, outputs: [], source: 'y = 2' },
  ],
  metadata: { kernelspec: { name: 'python3' }, version: 1.0 },
  nbformat: 4,
  nbformat_minor: 5,
};
/** With a number that would not survive being written anew. */
const notebookText = `${JSON.stringify(notebook, null, 1).replace('"version": 1', '"version": 1.0')}\n`;

describe('read shows', () => {
  test('a picture, by what its bytes are', async () => {
    const { call, put } = makeHarness();
    put('a.jpg', png);
    const { output, images } = await call('read', { path: 'a.jpg' });
    expect(output).toMatch(/^a\.jpg is an image: PNG, 64 x 64 pixels, \d+ bytes\. It is shown\.$/);
    expect(images).toEqual([redSquare()]);
  });

  test('in words a picture that is too large, or of a form that models do not take', async () => {
    const { call, put } = makeHarness();
    put('large.png', Buffer.concat([png, Buffer.alloc(4_000_000)]));
    put('old.bmp', Buffer.concat([Buffer.from('BM'), Buffer.alloc(40)]));
    const large = await call('read', { path: 'large.png' });
    const old = await call('read', { path: 'old.bmp' });
    expect([large.images, old.images]).toEqual([undefined, undefined]);
    expect(large.output).toMatch(/too large to be shown/);
    expect(old.output).toMatch(/Models take PNG/);
  });

  test('the text of a PDF, page by page, within a window', async () => {
    const { call, put } = makeHarness();
    const words = (page: number) => `Page ${page} says a whole sentence that is long enough to count as text.`;
    put('a.pdf', pdf(words(1), words(2)));
    const { output, images } = await call('read', { path: 'a.pdf' });
    expect(output).toBe(`1\t--- page 1 of 2 ---\n2\t${words(1)}\n3\t--- page 2 of 2 ---\n4\t${words(2)}`);
    expect(images).toBeUndefined();
    const window = await call('read', { path: 'a.pdf', offset: 3, limit: 1 });
    expect(window.output).toBe('3\t--- page 2 of 2 ---\n[lines 3-3 of 4 of its text; go on with offset 4]');
    expect(await call('read', { path: 'a.pdf', offset: 9 })).toMatchObject({
      isError: true,
      errorKind: 'bad-arguments',
    });
  });

  test('a PDF without text as it is where its pages can not be drawn, and says of a broken one that it is', async () => {
    const { call, put } = makeHarness();
    const path = put('scan.pdf', pdf('', ''));
    put('broken.pdf', '%PDF-1.4\nnothing');
    const place = { module: undefined, packages: '/home/me/.wink', signal: new AbortController().signal };
    const file = await openRegular({ cwd: '/' }, path);
    onTestFinished(file.close);
    const { size } = file.stats;
    const wish = { offset: undefined, limit: undefined, pages: undefined };
    const { output, images } = await readPdf('scan.pdf', file, size, wish, place);
    expect(output).toMatch(/with 2 pages and hardly any text.*npm install --prefix \/home\/me\/\.wink @hyzyla\/pdfium/);
    expect(images?.[0]).toMatch(/^data:application\/pdf;base64,JVBERi/);
    await expect(readPdf('scan.pdf', file, size, { ...wish, pages: '1' }, place)).rejects.toThrow(
      /once the user has installed/,
    );
    expect(await call('read', { path: 'broken.pdf' })).toMatchObject({ isError: true, errorKind: 'unreadable' });
    const stopped = extractPages('scan.pdf', pdf('', ''), AbortSignal.abort(new Error('stopped')));
    await expect(stopped).rejects.toThrow('stopped');
  });

  test("a notebook's cells with their outputs, pictures among them", async () => {
    const { call, put } = makeHarness();
    put('a.ipynb', notebookText);
    const { output, images } = await call('read', { path: 'a.ipynb' });
    expect(output.replace(/^\d+\t/gm, '')).toBe(
      [
        '--- cell 1, markdown ---',
        '# Title',
        'words',
        '--- cell 2, code, run 3 ---',
        'x = 1',
        'print(x)',
        '--- output of cell 2 ---',
        'out 1',
        '(picture 1)',
        'ValueError: no',
        '--- cell 3, code ---',
        'y = 2',
      ].join('\n'),
    );
    expect(images).toEqual([redSquare()]);
  });

  test('JSON that only has the name of a notebook as the text that it is', async () => {
    const { call, put } = makeHarness();
    put('a.ipynb', '{"cells": 3}\n');
    expect((await call('read', { path: 'a.ipynb' })).output).toBe('1\t{"cells": 3}');
  });
});

describe('edit changes a notebook by its cells', () => {
  async function edited(...edits: readonly { oldText: string; newText: string }[]) {
    const { call, put, get } = makeHarness();
    put('a.ipynb', notebookText);
    await call('read', { path: 'a.ipynb' });
    const result = await call('edit', { path: 'a.ipynb', edits });
    const text = get('a.ipynb');
    return { result, text, cells: JSON.parse(text).cells };
  }

  test('a source, whose outputs are then out of date; the rest stays byte for byte', async () => {
    const { result, text, cells } = await edited({ oldText: 'x = 1\nprint(x)', newText: 'x = 5\nprint(x)\nz = x' });
    expect(result.output).toMatch(/^Changed a\.ipynb: 1 replacement at lines 5-7\./);
    expect(cells[1]).toMatchObject({
      source: ['x = 5\n', 'print(x)\n', 'z = x'],
      outputs: [],
      execution_count: null,
      metadata: { scale: 1.5 },
    });
    expect(cells[0]).toEqual(notebook.cells[0]);
    expect(text).toContain('"version": 1.0');
    expect(text.split('\n').slice(0, 9)).toEqual(notebookText.split('\n').slice(0, 9));
  });

  test('a new cell and a removed one, by the lines above cells', async () => {
    const { cells } = await edited(
      { oldText: '--- cell 1, markdown ---\n# Title\nwords\n', newText: '' },
      { oldText: 'y = 2', newText: 'y = 2\n--- cell, markdown ---\nThe end.' },
    );
    expect(cells.map(({ cell_type, source }: { cell_type: string; source: unknown }) => [cell_type, source])).toEqual([
      ['code', ['x = 1\n', 'print(x)']],
      ['code', 'y = 2'],
      ['markdown', ['The end.']],
    ]);
    expect(cells[0].execution_count).toBe(3);
    expect(cells[2]).toEqual({
      cell_type: 'markdown',
      id: expect.stringMatching(/^[0-9a-f]{8}$/),
      metadata: {},
      source: ['The end.'],
    });
  });

  test('not what is in no cell, nor out of order', async () => {
    const above = await edited({
      oldText: '--- cell 1, markdown ---\n',
      newText: 'words above\n--- cell 1, markdown ---\n',
    });
    expect(above.result).toMatchObject({ isError: true, output: expect.stringMatching(/is in cells/) });
    expect(above.text).toBe(notebookText);
    const missing = await edited({ oldText: 'nowhere', newText: 'x' });
    expect(missing.result).toMatchObject({ isError: true, errorKind: 'edit-mismatch' });
  });
});

test('a compressed PDF is read too', async () => {
  const { call, put } = makeHarness();
  const plain = pdf('A sentence in a stream that is compressed, as nearly all PDFs in the world are.').toString(
    'latin1',
  );
  const [whole = '', stream = ''] = /stream\n([\s\S]*?)\nendstream/.exec(plain) ?? [];
  const packed = deflateSync(Buffer.from(stream, 'latin1')).toString('latin1');
  const text = plain
    .replace(whole, `stream\n${packed}\nendstream`)
    .replace(/<< \/Length \d+ >>/, `<< /Length ${packed.length} /Filter /FlateDecode >>`);
  put('a.pdf', Buffer.from(text, 'latin1'));
  expect((await call('read', { path: 'a.pdf' })).output).toContain('A sentence in a stream');
});

test('names of pages are read as people write them', () => {
  expect(readPageNumbers('3', 5)).toEqual([3]);
  expect(readPageNumbers(' 2 - 4, 1', 5)).toEqual([1, 2, 4 - 1, 4]);
  expect(readPageNumbers('4-9999999', 5)).toBeUndefined();
  expect(readPageNumbers('4-99', 5)).toEqual([4, 5]);
  expect(readPageNumbers('0', 5)).toEqual([]);
  expect(readPageNumbers('all', 5)).toBeUndefined();
});
