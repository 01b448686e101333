import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UserError } from '../core/errors.ts';
import { guardGit } from '../core/git/guard-git.ts';
import { startGitSync } from '../core/git/start-git.ts';

const limitMs = 20_000;

/** The files of the demo's repository: a small price library with a real bug, and tests that really fail because of it. */
const files: Readonly<Record<string, string>> = {
  'package.json': `${JSON.stringify({ name: 'till', version: '1.0.0', type: 'module', private: true, scripts: { test: 'node --test' } }, null, 2)}\n`,
  'README.md': `# till

Prices for a small shop. All amounts are whole cents.

- \`subtotal(lines)\`: the sum of price times quantity
- \`discount(cents)\`: 10 % off from 100.00 on, 5 % from 50.00 on, rounded to the nearest cent
- \`total(lines)\`: subtotal less discount
`,
  'src/subtotal.js': `/** The sum of price times quantity, in cents. */
export function subtotal(lines) {
  return lines.reduce((sum, line) => sum + line.cents * line.quantity, 0);
}
`,
  'src/discount.js': `const steps = [
  { from: 10_000, percent: 10 },
  { from: 5_000, percent: 5 },
];

/** What is taken off an amount, in cents. */
export function discount(cents) {
  const step = steps.find(({ from }) => cents > from);
  return step ? Math.floor((cents * step.percent) / 100) : 0;
}
`,
  'src/total.js': `import { discount } from './discount.js';
import { subtotal } from './subtotal.js';

/** What the customer pays, in cents. */
export function total(lines) {
  const cents = subtotal(lines);
  return cents - discount(cents);
}
`,
  'test/discount.test.js': `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { discount } from '../src/discount.js';

test('small amounts get nothing off', () => assert.equal(discount(4_999), 0));
test('5 % from 50.00 on', () => assert.equal(discount(5_000), 250));
test('10 % from 100.00 on', () => assert.equal(discount(10_000), 1_000));
test('the nearest cent', () => assert.equal(discount(5_010), 251));
`,
  'test/total.test.js': `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { total } from '../src/total.js';

test('an empty basket costs nothing', () => assert.equal(total([]), 0));
test('the discount comes off the whole basket', () => {
  assert.equal(total([{ cents: 2_500, quantity: 2 }, { cents: 5_000, quantity: 1 }]), 9_000);
});
`,
};

/** Fills a folder (made when missing) with the demo's repository and commits it with git, without touching the user's git settings. */
export function createDemoRepository(folder: string): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const settings = ['user.name=wink-agent demo', 'user.email=demo@localhost', 'commit.gpgsign=false'];
  const git = (...words: string[]) => {
    const guarded = guardGit([...settings.flatMap((each) => ['-c', each]), ...words]);
    const start = { cwd: folder, writes: [folder], isWithUsersSettings: true };
    const { code, complaint } = startGitSync(guarded, start, limitMs);
    if (code !== 0) throw new UserError(`The demo needs git, which could not make its repository. ${complaint}`.trim());
  };
  git('init', '-q');
  git('add', '-A');
  git('commit', '-q', '-m', 'A till with a bug');
}
