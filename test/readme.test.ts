import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { helpText } from '../src/command-line/help-text.ts';
import { commands, demoFlags, runFlags } from '../src/command-line/options.ts';
import { scenarioNames } from '../src/demo/scenarios/index.ts';

const readme = readFileSync(join(resolve(import.meta.dirname, '..'), 'README.md'), 'utf8');

test("the README's table of flags is the program's", () => {
  const rows = runFlags.map(
    ({ name, short, value, help }) =>
      `| \`${short ? `-${short}, ` : ''}--${name}${value ? ` ${value.replaceAll('|', '\\|')}` : ''}\` | ${help.replaceAll('|', '\\|')} |`,
  );
  expect(readme.match(/<!-- flags -->\n\n?([\s\S]*?)\n?<!-- \/flags -->/)?.[1]?.trim()).toBe(
    ['| flag | |', '|---|---|', ...rows].join('\n'),
  );
});

test('help names every command and every flag of a run', () => {
  const help = helpText();
  for (const { usage } of commands) expect(help).toContain(`wink-agent ${usage}`);
  for (const { name } of runFlags) expect(help).toContain(`--${name}`);
});

test('the help of demo names its scenarios and its own flags, the help of resume shows how', () => {
  for (const name of [...scenarioNames, ...demoFlags.map((flag) => `--${flag.name}`)])
    expect(helpText('demo')).toContain(name);
  expect(helpText('resume')).toContain('wink-agent resume [id] [prompt]');
});
