import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commands } from './commands.ts';
import { makePlace, permissionsOf, verdictOf } from './workspace.ts';

const place = makePlace();
const strictness: Readonly<Record<string, number>> = { allow: 0, ask: 1, deny: 2 };
const mode = fc.constantFrom('plan', 'ask', 'edits');
const sample = fc.constantFrom(
  ...commands.map(([command]) => command).filter((command) => !/<<|unterminated|ls \)|then ls$/.test(command)),
);
const joint = fc.constantFrom(' && ', ' || ', '; ', ' | ', ' & ', '\n');

async function strictnessOf(which: 'plan' | 'ask' | 'edits', command: string): Promise<number> {
  return strictness[await verdictOf(permissionsOf(place, { mode: which }), command)]!;
}

describe('the verdict on a command', () => {
  it('is never more permissive after a part was added', async () => {
    await fc.assert(
      fc.asyncProperty(mode, sample, sample, joint, async (which, left, right, between) => {
        const alone = Math.max(await strictnessOf(which, left), 0);
        expect(await strictnessOf(which, left + between + right)).toBeGreaterThanOrEqual(alone);
      }),
      { numRuns: 300 },
    );
  });

  it('is never more permissive after the command was put in a subshell, a substitution, a loop or another shell', async () => {
    const wraps = fc.constantFrom(
      (text: string) => `(${text}\n)`,
      (text: string) => `echo "$(${text}\n)"`,
      (text: string) => `for i in 1 2; do ${text}\n done`,
      (text: string) => `if true; then ${text}\n fi`,
      (text: string) => `sh -c '${text.replaceAll("'", "'\\''")}'`,
      (text: string) => `eval '${text.replaceAll("'", "'\\''")}'`,
      (text: string) => `f() { ${text}\n }; f`,
      (text: string) => `true && { ${text}\n }`,
    );
    await fc.assert(
      fc.asyncProperty(mode, sample, wraps, async (which, command, wrap) => {
        expect(await strictnessOf(which, wrap(command))).toBeGreaterThanOrEqual(await strictnessOf(which, command));
      }),
      { numRuns: 300 },
    );
  });

  it('is the same after the name was quoted in another way', async () => {
    const plain = commands
      .map(([command]) => command)
      .filter(
        (command) =>
          /^[a-z]{2,} /.test(command) &&
          !/^(if|for|while|case|time|coproc|exec|export|alias|do|builtin|command) /.test(command),
      );
    const quotes = fc.constantFrom(
      (name: string) => `'${name}'`,
      (name: string) => `"${name}"`,
      (name: string) => `${name[0]}''${name.slice(1)}`,
      (name: string) => `\\${name}`,
      (name: string) => `$'${name}'`,
    );
    await fc.assert(
      fc.asyncProperty(mode, fc.constantFrom(...plain), quotes, async (which, command, quote) => {
        const space = command.indexOf(' ');
        const quoted = quote(command.slice(0, space)) + command.slice(space);
        expect(await strictnessOf(which, quoted)).toBeGreaterThanOrEqual(await strictnessOf(which, command));
      }),
      { numRuns: 300 },
    );
  });

  it('never throws, whatever the text', async () => {
    const permissions = permissionsOf(place, {
      mode: 'ask',
      rules: { deny: ['shell(rm:*)', 'read(~/.ssh/**)'], allow: ['shell(npm test:*)'] },
    });
    const pieces = fc.constantFrom(
      'ls',
      '$(',
      ')',
      '`',
      '"',
      "'",
      '\\',
      '{',
      '}',
      '<<E',
      '\n',
      ';',
      '|',
      '&',
      '>',
      '<(',
      '((',
      '))',
      '[[',
      ']]',
      '${',
      '}',
      ' ',
      'for',
      'do',
      'done',
      '~',
      '*',
      '=',
      '\u0000',
      'é',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(pieces, { maxLength: 20 }), async (text) => {
        expect(['allow', 'ask', 'deny']).toContain(await verdictOf(permissions, text.join('')));
      }),
      { numRuns: 500 },
    );
  });

  it('denies what a deny rule names under every disguise that keeps the command readable', async () => {
    const disguises = [
      'rm -rf x',
      'ls && rm -rf x',
      '/bin/rm x',
      'sudo rm x',
      'env A=1 rm x',
      "sh -c 'rm x'",
      "bash -lc 'ls; rm x'",
      'echo $(rm x)',
      'find . -exec rm {} \\;',
      'ls | xargs rm',
      'timeout 5 nice rm x',
      "r''m x",
      'time rm x',
      'f() { rm x; }; f',
      "eval 'rm x'",
      'bash <<E\nrm x\nE',
      'npx rm x',
      'watch rm x',
      'nohup rm x &',
    ];
    for (const which of ['ask', 'edits', 'full'] as const) {
      const permissions = permissionsOf(place, { mode: which, rules: { deny: ['shell(rm:*)'], allow: ['shell(*)'] } });
      for (const command of disguises)
        expect([command, await verdictOf(permissions, command)]).toEqual([command, 'deny']);
    }
  });
});
