import { isAbsolute, resolve } from 'node:path';
import { isProtected } from '../../core/disk/protected-files.ts';
import { findForeignProgram, findOwnProgram } from '../../core/process/find-program.ts';
import { readScript, type SimpleCommand } from '../../core/shell/read-script.ts';
import { isInside } from '../path-kinds.ts';
import { runsUnseenText, startedCommands } from '../started-commands.ts';
import type { LineScope } from './starts-nothing.ts';

/** Programs that start others which they find from the working folder on, or load settings and plugins that run as code from there. */
const starters = new Set(
  'npx npm pnpm pnpx yarn bun bunx deno corepack uv uvx poetry pdm pipenv hatch tox nox make gmake just task rake bundle gradle mvn sbt cargo go dotnet composer mix lein pre-commit lefthook husky lint-staged turbo nx vitest jest mocha ava playwright pytest eslint prettier stylelint webpack vite rollup tsc tsx ts-node mypy rubocop phpstan phpunit ansible-playbook terraform pylint flake8 rspec commitlint markdownlint markdownlint-cli2 cspell xo standard svelte-check vue-tsc next astro nuxt tsup swc babel prettierd eslint_d oxlint knip lerna gradlew mvnw cmake ninja meson bazel buck2 scons invoke poe nix nix-shell devbox direnv mise guard ant swift zig dart flutter stack cabal julia perltidy ansible-lint sphinx-build docker-compose vagrant gulp grunt jake ng ember parcel rspack rsbuild brunch nyc c8 karma cypress tap nodemon react-scripts vue-cli-service craco nest storybook wireit zx nps pants earthly hardhat forge truffle'.split(
    ' ',
  ),
);
const interpreters =
  /^(ba|da|z|k|fi)?sh$|^(node|nodejs|python\d*(\.\d+)?|ruby|perl|php|lua|Rscript|osascript|source|\.)$/;
/** Python looks for modules in the working folder unless it is given a file. */
const searchesFolder = /^(-m|-c|-)/;

/**
 * Whether a shell line that the user wrote starts what a workspace holds: a program or script of it, or something that looks for such from
 * the working folder on (`npx prettier`, `make`, `python -m x`). What lies where commands can't write (`.claude/hooks`) does not count.
 */
export function reachesWorkspace(line: string, scope: LineScope): boolean {
  const script = readScript(line, scope);
  if (script.commands.length === 0) return script.problem !== undefined;
  return script.commands
    .flatMap((command) => startedCommands(command, scope.home))
    .some(({ command }) => startsFromWorkspace(command, scope));
}

function startsFromWorkspace(command: SimpleCommand, { cwd, env }: LineScope): boolean {
  const { words, folder } = command;
  const [first, ...rest] = words;
  if (first === undefined) return false;
  const liesWithin = (value: string) => {
    const path = isAbsolute(value) ? value : resolve(folder, value);
    return isInside(cwd, path) && !isProtected(path.slice(cwd.length));
  };
  if (!first.isKnown) return !isProtected(first.value);
  // `find -exec {}`, `cat x | sh`.
  if (first.value.startsWith('{}') || runsUnseenText(command)) return true;
  const name = first.value.slice(first.value.lastIndexOf('/') + 1);
  if (first.value.includes('/') && liesWithin(first.value)) return true;
  if (starters.has(name)) return true;
  if (interpreters.test(name)) {
    if (name.startsWith('python') && (rest.length === 0 || searchesFolder.test(rest[0]!.value))) return true;
    const operand = rest.find(({ value }) => !value.startsWith('-'));
    const isInline = rest.some(({ value }) => /^-\w*[ce]$|^--eval$/.test(value));
    return (
      !isInline && operand !== undefined && (operand.isKnown ? liesWithin(operand.value) : !isProtected(operand.value))
    );
  }
  if (first.value.includes('/')) return false;
  return findForeignProgram(name, env, folder) !== undefined && findOwnProgram(name, env, folder) === undefined;
}
