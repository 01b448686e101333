import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kindOfCommand, strongestKind } from '../../../src/observer/shell/classify-command.ts';
import { readCommands } from '../../../src/observer/shell/simple-commands.ts';

const words = (line: string) => readCommands(line).map((command) => command.words);

describe('readCommands', () => {
  it('splits at operators and keeps quoted words whole', () => {
    expect(words('cd src && grep -n "a && b" x.ts | head -5; ls')).toEqual([
      ['cd', 'src'],
      ['grep', '-n', 'a && b', 'x.ts'],
      ['head', '-5'],
      ['ls'],
    ]);
  });

  it('knows what redirections write, and that the bin and descriptors are not files', () => {
    const writes = readCommands('make > out.log 2>&1 && echo a >> b.txt 2>/dev/null && run &> all.log').flatMap(
      (command) => command.writes,
    );
    expect(writes).toEqual([
      { path: 'out.log', isAppend: false },
      { path: 'b.txt', isAppend: true },
      { path: 'all.log', isAppend: false },
    ]);
  });

  it('keeps the body of a here-document apart from the commands', () => {
    const [cat, next] = readCommands("cat <<'EOF' > a.py\nimport os; os.remove('x') > y\nEOF\npython a.py");
    expect(cat).toEqual({
      words: ['cat'],
      writes: [{ path: 'a.py', isAppend: false }],
      input: "import os; os.remove('x') > y",
    });
    expect(next?.words).toEqual(['python', 'a.py']);
  });

  it('skips comments and joins broken lines', () => {
    expect(words('ls # and no more; rm x\ngrep \\\n -n a b')).toEqual([['ls'], ['grep', '-n', 'a', 'b']]);
  });

  it('ends on any text, and in time on a long one', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => readCommands(text).length >= 0));
    for (const text of ['"'.repeat(100_000), '<<'.repeat(50_000), '\\'.repeat(100_000), '>a '.repeat(30_000)])
      expect(readCommands(text)).toBeDefined();
  });

  it('looks into loops, groups and substitutions', () => {
    const found = readCommands(
      'for f in a.ts b.ts; do sed -i s/x/y/ $f; done; (cd sub && rm c) > log; echo $(touch d)',
    );
    expect(found.map((command) => command.words.join(' '))).toEqual(expect.arrayContaining(['rm c', 'touch d']));
    expect(found.find((command) => command.words[0] === 'sed')?.words).toEqual(['sed', '-i', 's/x/y/', 'a.ts', 'b.ts']);
    expect(found.flatMap((command) => command.writes)).toContainEqual({ path: 'log', isAppend: false });
  });

  it('puts plain variables in', () => {
    const found = readCommands('FILE=tests/a.ts\nsed -i s/x/y/ "$FILE" && cat > "$FILE.bak"');
    expect(found.find((command) => command.words[0] === 'sed')?.words.at(-1)).toBe('tests/a.ts');
    expect(found.flatMap((command) => command.writes)).toEqual([{ path: 'tests/a.ts.bak', isAppend: false }]);
  });

  it('reads the lines before one that is not valid, which bash runs', () => {
    expect(words('rm a\nrm b\nif then fi\nrm c')).toEqual([
      ['rm', 'a'],
      ['rm', 'b'],
    ]);
    expect(words('rm a\necho "never closed')).toEqual([['rm', 'a']]);
    expect(words('rm a; fi')).toEqual([]);
  });
});

describe('shell kinds', () => {
  const kind = (line: string) => strongestKind(readCommands(line));

  it('tells looking, waiting, testing, changing and doing nothing apart', () => {
    for (const line of [
      'ls -la',
      'git status && git diff --stat',
      'cat a | grep b | sort',
      "sed -n '1,5p' a",
      'pip list',
    ])
      expect(kind(line)).toBe('inspect');
    for (const line of ['sleep 5', 'sleep 5; cat log']) expect(kind(line)).toBe('wait');
    for (const line of [
      'pytest -q',
      'npm test',
      'python -m pytest tests',
      'cargo test',
      'npx vitest run',
      'make check',
      'python tests/runtests.py',
      'npm run lint',
    ])
      expect(kind(line)).toBe('test');
    for (const line of [
      'sed -i s/a/b/ x',
      'echo a > b',
      'git commit -m x',
      'rm a',
      'npm install left-pad',
      'git checkout -- a',
    ])
      expect(kind(line)).toBe('change');
    for (const line of [':', ': ls', 'true', '', '# nothing', 'cd src']) expect(kind(line)).toBe('nothing');
    for (const line of ['node server.js', 'python main.py', 'make']) expect(kind(line)).toBe('run');
  });

  it('takes an option for no check unless its whole name is one', () => {
    for (const line of ['pip --disable-pip-version-check install a', 'yarn install --check-files', 'npm --no-lint ci'])
      expect(kind(line)).toBe('change');
    for (const line of ['mvn package -Dmaven.test.skip=true', 'python -m pip --disable-pip-version-check install a'])
      expect(kind(line)).toBe('run');
    for (const line of ['npx prettier --check .', 'node --test-reporter=spec --test', 'npm --prefix web test'])
      expect(kind(line)).toBe('test');
    expect(kind('sed -i.bak s/a/b/ x')).toBe('change');
  });

  it('looks behind wrappers and assignments', () => {
    expect(kindOfCommand({ words: ['sudo', 'env', 'A=1', 'timeout', '30', 'pytest'], writes: [] })).toBe('test');
  });
});
