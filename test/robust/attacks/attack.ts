import { cpSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type Arena, canary, differences, makeArena, photograph } from './arena.ts';
import type { Attack, Table } from './corpus.ts';
import { type Call, runCalls } from './run-calls.ts';

const atOnce = 60;

/** Whether commands may use a sandbox, and what decides which one. */
export type Machine = { readonly sandbox: boolean; readonly env: Readonly<Record<string, string>> };

/** Runs the attacks of a table in batches of the built program, and gives a sentence for each that did not come to what it must. */
export async function runAttacks(table: Table, machine: Machine): Promise<string[]> {
  const { attacks } = table;
  const failures: string[] = [];
  for (let start = 0; start < attacks.length; start += atOnce) {
    const arena = await makeArena();
    failures.push(...(await runBatch(arena, table, attacks.slice(start, start + atOnce), machine)));
    arena.close();
    rmSync(arena.base, { recursive: true, force: true });
  }
  return failures;
}

async function runBatch(
  arena: Arena,
  table: Table,
  attacks: readonly Attack[],
  { sandbox, env }: Machine,
): Promise<string[]> {
  const failures: string[] = [];
  const pristine = join(arena.base, '../', `${arena.base.split('/').at(-1)}-pristine`);
  writeFileSync(join(arena.home, '.wink/no-sandbox.json'), '{"sandbox":{"mode":"off"}}');
  cpSync(arena.base, pristine, {
    recursive: true,
    verbatimSymlinks: true,
    preserveTimestamps: true,
    filter: (path) => !path.endsWith('.sock'),
  });
  const before = photograph(arena);
  let reached = 0;
  const calls: Call[] = attacks.map(({ call }) => call);
  const ended = await runCalls(
    arena,
    calls,
    { mode: table.mode, sandbox, env, flags: table.flags },
    (index, result) => {
      const attack = attacks[index]!;
      const changed = differences(before, photograph(arena));
      const problems = problemsOf(
        attack,
        { result, changed, isReached: arena.connections() > reached },
        { arena, table, sandbox },
      );
      failures.push(...problems.map((problem) => `${table.name}: ${attack.text}: ${problem}`));
      reached = arena.connections();
      for (const path of changed) restore(path, join(pristine, relative(arena.base, path)));
    },
  );
  rmSync(pristine, { recursive: true, force: true });
  if (!ended.stdout.includes('"outcome"'))
    failures.push(`${table.name}: the program did not come to an end: ${ended.stderr.slice(-300)}`);
  return failures;
}

type Seen = { readonly result: string; readonly changed: readonly string[]; readonly isReached: boolean };

function problemsOf(attack: Attack, seen: Seen, at: { arena: Arena; table: Table; sandbox: boolean }): string[] {
  const problems: string[] = [];
  const forbidden = seen.changed.filter((path) => !mayChange(path, attack, at));
  if (forbidden.length > 0)
    problems.push(`changed ${forbidden.map((path) => relative(at.arena.base, path)).join(', ')}`);
  const isNamed = attack.expected === '%' && !at.sandbox;
  if (seen.result.includes(canary) && !isNamed) problems.push('showed a secret');
  if (seen.isReached) problems.push('reached the listener');
  const isRefused = /^Not allowed/.test(seen.result);
  if (attack.expected === '!' && !isRefused) problems.push(`was not refused: ${seen.result.slice(0, 100)}`);
  const isStopped = isRefused || seen.result.includes('[the sandbox: it');
  if (attack.expected === '=' && at.sandbox && isStopped) problems.push(`was stopped: ${seen.result.slice(-200)}`);
  return problems;
}

/** In mode edits the workspace may change, but for its secrets, its settings and, unless git does it, the repository. */
function mayChange(path: string, attack: Attack, { arena, table }: { arena: Arena; table: Table }): boolean {
  if (table.mode !== 'edits' && table.mode !== 'full') return false;
  if (!path.startsWith(`${arena.work}/`)) return false;
  if (/\/(\.wink|\.vscode|\.idea|\.husky|\.claude|\.cursor|\.envrc|\.mcp\.json)(\/|$)/.test(path)) return false;
  if (/\/\.git(\/|$)/.test(path.slice(arena.work.length + 1))) return false;
  if (!path.startsWith(`${arena.work}/.git/`) && path !== `${arena.work}/.git`) return true;
  return /^"?git /.test(attack.text) && !/\/\.git\/(config|hooks|commondir|info)/.test(path);
}

function restore(path: string, from: string): void {
  rmSync(path, { recursive: true, force: true });
  if (existsSync(from)) cpSync(from, path, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
}
