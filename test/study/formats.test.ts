import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openTrajectories } from '../../src/study/input/read-trajectories.ts';
import type { StudyTrajectory } from '../../src/study/input/trajectory.ts';
import { makeFolder } from './temporary.ts';

const fixtures = join(import.meta.dirname, '../fixtures/formats');

async function read(...paths: string[]): Promise<{ runs: StudyTrajectory[]; skipped: string[] }> {
  const runs: StudyTrajectory[] = [];
  const skipped: string[] = [];
  const listener = { onSkip: (place: string, reason: string) => skipped.push(`${place}: ${reason}`) };
  for await (const run of openTrajectories(paths, listener)) runs.push(run);
  return { runs, skipped };
}

async function readOne(name: string): Promise<StudyTrajectory> {
  const { runs } = await read(join(fixtures, name));
  expect(runs).toHaveLength(1);
  return runs[0]!;
}

/** The story of all fixtures: a file is read, the tests are run and fail. */
const stories = [
  ['wink-session.jsonl', 's-1', 'wink-agent', ['read', 'shell'], 1],
  ['claude-code.jsonl', 'cc-1', 'Claude Code', ['read', 'shell'], 1],
  ['codex-rollout.jsonl', 'cx-1', 'Codex CLI', ['shell', 'edit', 'shell'], 1],
  ['gemini-chat.json', 'gm-1', 'Gemini CLI', ['read', 'shell'], 1],
  ['opencode-export.json', 'ses_1', 'opencode', ['read', 'shell'], 1],
  ['pi-session.jsonl', 'pi-1', 'pi', ['read', 'shell'], 1],
  ['openhands-trajectory.json', 'openhands-trajectory', 'OpenHands', ['read', 'shell'], 1],
  ['openhands-conversation', 'openhands-conversation/events', 'OpenHands', ['read', 'shell'], 1],
  ['swe-agent.traj', 'swe-agent', 'SWE-agent', ['read', 'shell', 'plan'], 1],
  ['mini-v1.traj.json', 'calc__1', 'mini-swe-agent', ['shell', 'shell', 'shell'], 2],
  ['mini-v2.traj.json', 'mini-v2', 'mini-swe-agent', ['shell', 'shell'], 1],
  ['atif.json', 'at-1', 'harbor-agent', ['read', 'shell'], 1],
  ['openai-messages.json', 'openai-messages', 'unknown', ['read', 'shell'], 0],
  ['dataset.jsonl', 'ds-1', undefined, ['read', 'shell'], 1],
] as const;

describe('formats', () => {
  it.each(stories)('reads %s: id, agent, task, acts, failures and results', async (name, id, agent, acts, failures) => {
    const run = await readOne(name);
    const calls = run.steps.flatMap((step) => step.calls);
    expect(run).toMatchObject({ id, task: 'Make the failing test pass.' });
    expect(run.agent).toBe(agent);
    expect(calls.map((call) => call.act)).toEqual(acts);
    expect(calls.filter((call) => call.isError)).toHaveLength(failures);
    expect(run.steps.map((step) => step.index)).toEqual(run.steps.map((_, index) => index));
    if (acts[0] === 'read') expect(calls[0]?.output).toContain('export const add');
  });

  it('keeps an answer that Claude Code wrote in several lines as one step, and leaves out subagents and program text', async () => {
    const run = await readOne('claude-code.jsonl');
    expect(run.steps).toHaveLength(3);
    expect(run.steps[0]).toMatchObject({ text: 'I read the file first.', reasoning: 'Look first.' });
    expect(run.steps[2]?.userTexts).toEqual(['Change the sign, please.']);
    expect(run.model).toBe('claude-sonnet-4-5');
    expect(run.record).toMatchObject({
      interrupts: 1,
      usage: {
        inputTokens: 153 + 155 + 165,
        cachedInputTokens: 360,
        outputTokens: 32,
        costUsd: expect.closeTo(0.001002, 9),
      },
    });
  });

  it('names a broken line of a session and reads the rest', async () => {
    const { skipped } = await read(join(fixtures, 'claude-code.jsonl'));
    expect(skipped).toEqual([expect.stringContaining('claude-code.jsonl:11')]);
  });

  it('takes outcome, totals and money from the result line of stream-json', async () => {
    const run = await readOne('claude-stream.jsonl');
    expect(run.steps).toHaveLength(2);
    expect(run.record).toMatchObject({ outcome: 'turn-limit', usage: { inputTokens: 150, costUsd: 0.031 } });
  });

  it('joins the items of one Codex answer and counts an interrupted turn', async () => {
    const run = await readOne('codex-rollout.jsonl');
    expect(run.steps).toHaveLength(3);
    expect(run.steps[0]).toMatchObject({ text: 'I read the file first.', reasoning: 'Look first.' });
    expect(run.model).toBe('gpt-5-codex');
    expect(run.record).toMatchObject({
      interrupts: 1,
      repository: 'https://example.org/calc.git',
      usage: { outputTokens: 60 },
    });
  });

  it('reads the first form of Codex rollouts', async () => {
    const run = await readOne('codex-old-rollout.jsonl');
    expect(run).toMatchObject({ id: 'cx-old', task: 'Make the failing test pass.' });
    expect(run.steps[0]?.calls[0]).toMatchObject({ name: 'shell', isError: true, output: '1 failing' });
  });

  it('follows rewinds and replaced records of Gemini chats', async () => {
    const run = await readOne('gemini-records.jsonl');
    expect(run.steps.map((step) => step.text)).toEqual(['A whole answer.']);
  });

  it('splits an opencode message into its rounds', async () => {
    const run = await readOne('opencode-export.json');
    expect(run.steps).toHaveLength(2);
    expect(run.record).toMatchObject({ interrupts: 1, usage: { inputTokens: 110, outputTokens: 30, costUsd: 0.01 } });
  });

  it('follows the current branch of a pi session', async () => {
    const run = await readOne('pi-session.jsonl');
    expect(run.steps.map((step) => step.text)).toEqual(['I read the file first.', '', 'It f']);
    expect(run.record).toMatchObject({ interrupts: 1, usage: { costUsd: 0.006 } });
  });

  it('reads an OpenHands output with an instance a line, old pairs too', async () => {
    const { runs } = await read(join(fixtures, 'openhands-output.jsonl'));
    expect(runs.map((run) => [run.id, run.task, run.steps.length])).toEqual([
      ['calc__1', 'Make the failing test pass.', 1],
      ['calc__2', 'Second.', 1],
    ]);
    expect(runs[1]?.steps[0]?.calls[0]?.output).toBe('math.js');
  });

  it('reads an OpenHands event stream: rejections and pauses are the user, not the agent', async () => {
    const run = await readOne('openhands-events.jsonl');
    expect(run.steps.map((step) => step.calls[0]?.act)).toEqual(['read', 'shell', 'shell']);
    expect(run.steps[0]).toMatchObject({ text: 'I read the file first.', reasoning: 'Look first.' });
    expect(run.steps[2]?.calls[0]).toMatchObject({ isError: true, errorKind: 'denied', output: 'Not now.' });
    expect(run.record?.interrupts).toBe(1);
  });

  it('reads text actions of older SWE-agent versions', async () => {
    const run = await readOne('swe-agent-text.traj');
    expect(run.steps.map((step) => step.calls[0]?.name)).toEqual(['open', 'bash']);
    expect(run.record?.outcome).toBe('budget');
  });

  it('counts an answer of mini-swe-agent without exactly one action as malformed', async () => {
    const run = await readOne('mini-v1.traj.json');
    expect(run.steps[1]?.calls[0]).toMatchObject({ isError: true, errorKind: 'bad-arguments' });
    expect(run).toMatchObject({ model: 'gemini-3-pro', cwd: '/testbed' });
  });

  it('keeps parallel calls of mini-swe-agent 2 in one step', async () => {
    const run = await readOne('mini-v2.traj.json');
    expect(run.steps).toHaveLength(1);
    expect(run.record?.outcome).toBe('budget');
  });

  it('reads a conversation a line', async () => {
    const { runs } = await read(join(fixtures, 'openai-messages.jsonl'));
    expect(runs.map((run) => run.id)).toEqual(['om-1', 'om-2']);
  });

  it('keeps arguments that are no JSON', async () => {
    const run = await readOne('openai-messages.json');
    expect(run.steps[1]?.calls[0]?.input).toEqual({ raw: '{"command": "npm te' });
  });

  it('reads what the observer wrote into our own sessions', async () => {
    const run = await readOne('wink-session.jsonl');
    expect(run.steps[0]?.userTexts).toEqual([]);
    expect(run.steps[1]?.userTexts).toEqual(['Also keep the file header.']);
    expect(run.record).toMatchObject({ outcome: 'done', durationMs: 6100, repository: 'calc', interrupts: 0 });
    expect(run.record?.wink).toMatchObject({
      mode: 'on',
      experiment: { name: 'pilot', arm: 'on' },
      judgeCalls: 1,
      signals: [{ detector: 'same-failure', at: '2026-03-01T10:00:04.010Z' }],
      reminders: [{ id: 'r1' }],
      episodes: [{ id: 'e1', outcome: 'recovered' }],
    });
  });

  it('reads a tree with packed files and names what it does not know', async () => {
    const folder = await makeFolder('formats');
    await writeFile(join(folder, 'a.jsonl.gz'), gzipSync(await readFile(join(fixtures, 'pi-session.jsonl'))));
    await writeFile(join(folder, 'b.json'), await readFile(join(fixtures, 'unknown.json')));
    await writeFile(join(folder, 'c.traj'), await readFile(join(fixtures, 'swe-agent.traj')));
    const { runs, skipped } = await read(folder);
    expect(runs.map((run) => run.agent)).toEqual(['pi', 'SWE-agent']);
    expect(skipped).toEqual([expect.stringContaining('b.json')]);
  });
});
