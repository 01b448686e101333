import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { accept, findCompletion } from '../../src/ui/input/completion.ts';
import { emptyComposer, type as typeText } from '../../src/ui/input/composer.ts';
import { listFiles, mostPaths } from '../../src/ui/input/file-source.ts';
import { attachImage, imagePath, paste, unfold } from '../../src/ui/input/folds.ts';
import { rank } from '../../src/ui/input/fuzzy.ts';
import { openHistory } from '../../src/ui/input/history.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wink-ui-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('fuzzy matching', () => {
  const files = [
    'src/ui/state/reduce.ts',
    'src/ui/state/reduce-watch.ts',
    'test/ui/reduce.test.ts',
    'docs/reducing.md',
    'README.md',
    'src/user/credits.ts',
  ];
  const found = (query: string) => rank(query, files, (file) => file, 3);

  it('puts a match in the name before one scattered over the path', () => {
    expect(found('reduce')[0]).toBe('src/ui/state/reduce.ts');
    expect(found('uired')[0]).toBe('src/ui/state/reduce.ts');
    expect(found('watch')).toEqual(['src/ui/state/reduce-watch.ts']);
    expect(found('read')[0]).toBe('README.md');
    expect(found('zzz')).toEqual([]);
  });

  it('finds one among 100,000 paths', () => {
    const many = Array.from(
      { length: 100_000 },
      (_, index) => `packages/module${index % 300}/src/components/thing${index}/index.ts`,
    );
    many[77_777] = 'packages/needle/special-haystack.ts';
    expect(rank('spechay', many, (file) => file, 5)[0]).toBe('packages/needle/special-haystack.ts');
  });
});

describe('files', () => {
  it('come from git where there is one, new ones too, without what is ignored', async () => {
    execFileSync('git', ['init', '-q'], { cwd: folder });
    mkdirSync(join(folder, 'src'));
    writeFileSync(join(folder, '.gitignore'), 'secret.txt\n');
    for (const name of ['src/a.ts', 'secret.txt', 'umläut name.md']) writeFileSync(join(folder, name), '');
    expect([...(await listFiles(folder))].sort()).toEqual(['.gitignore', 'src/', 'src/a.ts', 'umläut name.md']);
  });

  it('come from a walk where there is no git', async () => {
    mkdirSync(join(folder, 'node_modules/x'), { recursive: true });
    writeFileSync(join(folder, 'node_modules/x/index.js'), '');
    writeFileSync(join(folder, 'a.txt'), '');
    expect(await listFiles(folder)).toEqual(['a.txt']);
  });
});

describe('completion', () => {
  const sources = {
    commands: () => [
      {
        name: 'model',
        help: 'm',
        hint: '[name]',
        complete: () => [{ text: 'gpt' }, { text: 'qwen' }],
        run: () => undefined,
      },
      { name: 'compact', help: 'c', run: () => undefined },
    ],
    files: async () => ['src/a.ts', 'docs/my file.md', 'docs/'],
  };
  const complete = async (text: string) => {
    const composer = typeText(emptyComposer, text);
    const completion = await findCompletion(composer, sources);
    return (
      completion && accept(composer, completion, completion.candidates[completion.selected]?.text ?? '').buffer.text
    );
  };

  it('completes commands, their arguments and files, and quotes names with blanks', async () => {
    expect(await complete('/mo')).toBe('/model ');
    expect(await complete('/model qw')).toBe('/model qwen ');
    expect(await complete('see @a.ts')).toBe('see @src/a.ts ');
    expect(await complete('see @myfile')).toBe('see @"docs/my file.md" ');
    expect(await complete('see @docs')).toBe('see @docs/');
    expect(await complete('mail me@host')).toBeUndefined();
    expect(await complete('no /mo')).toBeUndefined();
  });
});

describe('pastes and images', () => {
  it('unfolds pasted text and reads images when the message is sent', async () => {
    const picture = join(folder, 'a picture.png');
    const bytes = Buffer.from('\x89PNG\r\n\x1a\nrest', 'latin1');
    writeFileSync(picture, bytes);
    let composer = paste(
      typeText(emptyComposer, 'look: '),
      Array.from({ length: 20 }, (_, index) => `line ${index}`).join('\n'),
    );
    composer = attachImage(composer, picture);
    expect(composer.buffer.text).toBe('look: [Pasted text #1, 20 lines][Image #2 a picture.png]');
    const message = await unfold(composer.buffer.text, composer.folds);
    expect(message.text).toContain('line 19');
    expect(message.images).toEqual([`data:image/png;base64,${bytes.toString('base64')}`]);
  });

  it('takes no bytes for a picture that are none, whatever their name', async () => {
    const picture = join(folder, 'words.png');
    writeFileSync(picture, 'not really');
    const composer = attachImage(emptyComposer, picture);
    await expect(unfold(composer.buffer.text, composer.folds)).rejects.toThrow(/no PNG, JPEG, GIF or WebP/);
  });

  it('says in a sentence which image is missing', async () => {
    const composer = attachImage(emptyComposer, join(folder, 'gone.png'));
    await expect(unfold(composer.buffer.text, composer.folds)).rejects.toThrow(/gone\.png can't be read/);
  });

  it('knows a dropped path with quotes, escapes or file://', () => {
    const place = join(folder, 'a b');
    mkdirSync(place);
    for (const name of ['c.png', 'c.JPG', 'c.webp', 'notes.txt']) writeFileSync(join(place, name), '');
    expect(imagePath(`'${place}/c.png'`, '/x')).toBe(join(place, 'c.png'));
    expect(imagePath(`${place.replace(' ', '\\ ')}/c.JPG`, '/x')).toBe(join(place, 'c.JPG'));
    expect(imagePath(`file://${place.replace(' ', '%20')}/c.webp`, '/x')).toBe(join(place, 'c.webp'));
    expect(imagePath('c.png', place)).toBe(join(place, 'c.png'));
    expect(imagePath('notes.txt', place)).toBeUndefined();
    expect(imagePath('see c.png\nand more', place)).toBeUndefined();
    expect(imagePath('the logo is broken in header.png', place)).toBeUndefined();
  });

  it('strips control sequences from what is pasted', () => {
    expect(paste(emptyComposer, 'a\u001b[31mb').buffer.text).toBe('ab');
  });
});

describe('the menu of files', () => {
  it('says when there are more paths than it offers', async () => {
    const paths = Array.from({ length: mostPaths }, (_, index) => `src/file${index}.ts`);
    const noteOf = async (files: readonly string[]) =>
      (await findCompletion(typeText(emptyComposer, '@file7'), { commands: () => [], files: async () => files }))?.note;
    expect(await noteOf(paths)).toBe('Only the first 200,000 paths here are offered; any other can be typed in full.');
    expect(await noteOf(['src/', ...paths.slice(1)])).toBeUndefined();
  });
});

describe('history', () => {
  it('is kept for the user alone, survives a cut line, and drops repeats', async () => {
    const first = openHistory(folder, '/p');
    first.load();
    first.add({ text: 'one', folds: [] });
    first.add({ text: 'one', folds: [] });
    first.add({ text: 'two\nlines', folds: [] });
    await expect.poll(() => readFileSync(join(folder, 'history.jsonl'), 'utf8').split('\n').length).toBe(3);
    expect(statSync(join(folder, 'history.jsonl')).mode & 0o777).toBe(0o600);
    writeFileSync(join(folder, 'history.jsonl'), '{"text":"cut', { flag: 'a' });
    const second = openHistory(folder, '/p');
    expect(second.load().map((entry) => entry.text)).toEqual(['one', 'two\nlines']);
  });

  it('brings back with one key what was sent in this folder alone', async () => {
    openHistory(folder, '/p').addAtEnd({ text: 'here', folds: [] });
    openHistory(folder, '/q').addAtEnd({ text: 'delete everything there', folds: [] });
    const history = openHistory(folder, '/p');
    expect(history.loadHere().map((entry) => entry.text)).toEqual(['here']);
    expect(history.load().map((entry) => entry.text)).toEqual(['here', 'delete everything there']);
  });

  it('brings a paste back with what its label stands for, in a later session too', async () => {
    const draft = {
      text: 'look: [Pasted text #1, 30 lines]',
      folds: [{ label: '[Pasted text #1, 30 lines]', kind: 'text', content: 'rows' }],
    } as const;
    openHistory(folder, '/p').add(draft);
    await expect.poll(() => readFileSync(join(folder, 'history.jsonl'), 'utf8')).toContain('rows');
    expect(openHistory(folder, '/p').load()).toMatchObject([draft]);
  });

  it('holds for the session when the folder can not be written', async () => {
    writeFileSync(join(folder, 'file'), '');
    const history = openHistory(join(folder, 'file', 'below'), '/p');
    history.add({ text: 'x', folds: [] });
    expect(history.load().map((entry) => entry.text)).toEqual(['x']);
  });
});
