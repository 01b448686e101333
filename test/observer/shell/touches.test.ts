import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCommands } from '../../../src/observer/shell/simple-commands.ts';
import { scriptTouches, touchesOf } from '../../../src/observer/shell/touches.ts';

const touches = (line: string) => touchesOf(readCommands(line), new Map()).map(({ path, how }) => `${how} ${path}`);

describe('touchesOf', () => {
  it.each([
    ['echo a > b.txt', ['write b.txt']],
    ['echo a >> b.txt', ['change b.txt']],
    ['ls | tee -a log.txt', ['change log.txt']],
    ["sed -i 's/a/b/' x.ts y.ts", ['change x.ts', 'change y.ts']],
    ["sed -i -e 's/a/b/' x.ts", ['change x.ts']],
    ["sed 's/a/b/' x.ts", []],
    ['rm -rf build dist', ['delete build', 'delete dist']],
    ['mv a.ts src/', ['delete a.ts', 'write src/a.ts']],
    ['cp a.ts b.ts', ['write b.ts']],
    ['git rm old.ts', ['delete old.ts']],
    ['git checkout -- src/a.ts', ['restore src/a.ts']],
    ['git checkout v1.2 -- src/a.ts', ['change src/a.ts']],
    ['git restore --source=main src/a.ts', ['change src/a.ts']],
    ['git checkout -b topic', []],
    ['git stash', ['restore .']],
    ['git stash list', []],
    ['git reset --hard', ['restore .']],
    ['cd src && rm a.ts && cd lib && rm b.ts', ['delete src/a.ts', 'delete src/lib/b.ts']],
    ['(cd src && (cd lib; rm a.ts) && rm b.ts); rm c.ts', ['delete src/lib/a.ts', 'delete src/b.ts', 'delete c.ts']],
    ['echo $(cd src && pwd); rm c.ts', ['delete c.ts']],
    ['black --check src', []],
    ['black src/a.py', ['change src/a.py']],
    ['curl -s host/x -o x.json', ['write x.json']],
    ['mkdir -p src/new', ['folder src/new']],
    ['cat a b | grep c', []],
  ])('%s', (line, expected) => expect(touches(line)).toEqual(expected));

  it('reads patches', () => {
    const patch = '--- a/src/a.ts\n+++ b/src/a.ts\n@@ -1 +1 @@\n-x\n+y';
    expect(touches(`git apply <<'EOF'\n${patch}\nEOF`)).toEqual(['change src/a.ts']);
    expect(touches(`patch -p1 <<'EOF'\n${patch}\nEOF`)).toEqual(['change src/a.ts']);
  });

  it('follows a script from its writing to its run', () => {
    const line =
      "cat <<'EOF' > fix.py\npath = 'src/a.ts'\ntext = open(path).read()\nopen(path, 'w').write(text)\nEOF\npython3 fix.py";
    expect(touches(line)).toEqual(['write fix.py', 'change src/a.ts']);
  });

  it('reads a script that is given in the line', () => {
    expect(touches(`python -c "open('out.txt', 'w').write('x')"`)).toEqual(['write out.txt']);
    expect(touches("python3 - <<'EOF'\nimport os\nos.remove('old.ts')\nEOF")).toEqual(['delete old.ts']);
  });
});

describe('scriptTouches', () => {
  const of = (script: string, name = 'a.py') => scriptTouches(script, name).map(({ path, how }) => `${how} ${path}`);

  it('knows the ways in which scripts write', () => {
    expect(of("from pathlib import Path\np = Path('conf.toml')\np.write_text('x')")).toEqual(['write conf.toml']);
    expect(of("with open('a.txt', 'a') as f: pass")).toEqual(['change a.txt']);
    expect(of("fs.writeFileSync('b.json', text)", 'a.js')).toEqual(['write b.json']);
    expect(of("import shutil\nshutil.copy('a', 'b')")).toEqual(['write b']);
    expect(of('#!/bin/bash\nsed -i s/a/b/ x.ts', 'run.sh')).toEqual(['change x.ts']);
  });

  it('does not take reading for writing', () => {
    expect(of("text = open('a.txt').read()\nprint(open('b.txt', 'r').read())")).toEqual([]);
  });

  it('ends on any script', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (script) => scriptTouches(script, 'a.py').length >= 0),
    );
    for (const piece of ["open('", 'x = "', 'Path(', "open(a, 'w'"])
      expect(scriptTouches(piece.repeat(20_000), 'a.py')).toBeDefined();
  });
});
