import { expect, test } from 'vitest';
import { patchViews } from '../../src/session/patch-views.ts';

const patch = `diff --git a/src/a.ts b/src/a.ts
index 1..2 100644
--- a/src/a.ts
+++ b/src/a.ts
@@ -10,3 +10,4 @@ function a() {
 same
-old
+new
+more
 last
diff --git a/gone.txt b/gone.txt
deleted file mode 100644
--- a/gone.txt
+++ /dev/null
@@ -1 +0,0 @@
-bye
`;

test('each file of a patch is a view whose lines keep their numbers', () => {
  const [first, second] = patchViews(patch, '/srv/project');
  expect(first).toMatchObject({ kind: 'diff', title: 'src/a.ts', path: '/srv/project/src/a.ts', added: 2, removed: 1 });
  expect(first?.kind === 'diff' && first.lines.map(({ kind, old, new: fresh }) => [kind, old, fresh])).toEqual([
    ['same', 10, 10],
    ['remove', 11, undefined],
    ['add', undefined, 11],
    ['add', undefined, 12],
    ['same', 12, 13],
  ]);
  expect(second).toMatchObject({ title: 'gone.txt', added: 0, removed: 1 });
});

test('a name with a blank in it, which git ends by a tab, is the name', () => {
  const moved = 'diff --git a/x y.ts b/x y.ts\n--- a/x y.ts\t\n+++ b/x y.ts\t\n@@ -1 +1 @@\n-a\n+b\n';
  expect(patchViews(moved, '/srv')).toMatchObject([{ title: 'x y.ts', path: '/srv/x y.ts', added: 1, removed: 1 }]);
});

test('what becomes of a file is said, and a name in quotes is read', () => {
  const whole = `diff --git a/bin b/bin
index bdc955b..8835708 100644
GIT binary patch
literal 2
JcmZQz0ssI600RI3

diff --git a/e b/e.txt b/e b/e.txt
deleted file mode 100644
index e69de29..0000000
diff --git a/lnk b/lnk
new file mode 120000
--- /dev/null
+++ b/lnk
@@ -0,0 +1 @@
+/etc
diff --git "a/q\\"t\\001" "b/q\\"t\\001"
old mode 100644
new mode 100755
diff --git a/old b/old
deleted file mode 120000
--- a/old
+++ /dev/null
@@ -1 +0,0 @@
-/etc
diff --git a/other b/other
index bdc955b..8835708 120000
--- a/other
+++ b/other
@@ -1 +1 @@
-/etc
+/usr
diff --git a/one b/two
rename from one
rename to two
`;
  expect(patchViews(whole, '/srv').map(({ title, fate }) => [title, fate])).toEqual([
    ['bin', 'binary'],
    ['e b/e.txt', 'deleted'],
    ['lnk', 'new, a link'],
    ['q"t\x01', 'executable'],
    ['old', 'deleted, a link'],
    ['other', 'a link'],
    ['two', 'moved from one'],
  ]);
});

test('a patch of nothing is no views', () => {
  expect(patchViews('', '/srv/project')).toEqual([]);
});
