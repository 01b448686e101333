import { expect, test } from 'vitest';
import { patchViews } from '../../src/session/screen/patch-views.ts';

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

test('a patch of nothing is no views', () => {
  expect(patchViews('', '/srv/project')).toEqual([]);
});
