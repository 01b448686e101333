import { describe, expect, it } from 'vitest';
import { openModel } from '../../src/model/openai.ts';
import { listen, never, requestOf, serve, settingsFor, stepOf, tools, trajectoryOf, userNote } from './support.ts';

const extra = { name: 'late_tool', description: 'Appears.', parameters: { type: 'object' } };

describe('a request that does not begin as the one before', () => {
  async function warningsOf(...requests: readonly Parameters<typeof requestOf>[1][]) {
    const server = await serve({ rules: [{ replies: [{ text: 'ok' }], after: 'repeat' }] });
    const model = openModel(settingsFor(server));
    const warnings: string[] = [];
    for (const request of requests)
      await model.reply(requestOf('Hi.', request), { ...listen(), onWarning: (text) => warnings.push(text) }, never);
    return warnings;
  }
  const step = (index: number) => stepOf(index, { notes: [userNote('Hi.')], text: 'ok' });

  it('is warned of with what changed', async () => {
    const steps = [step(0)];
    expect(
      await warningsOf(
        { trajectory: trajectoryOf(steps) },
        { trajectory: trajectoryOf(steps), tools: [...tools, extra] },
        { trajectory: trajectoryOf(steps, { system: 'Another.' }), tools: [tools[0]!, extra] },
        { trajectory: trajectoryOf(steps), tools: [tools[0]!, extra] },
        { trajectory: trajectoryOf([step(0), step(1)]), tools: [tools[0]!, extra] },
      ),
    ).toEqual([
      expect.stringMatching(/scripted: the tools changed \(added: late_tool\)/),
      expect.stringMatching(/the tools changed \(removed: edit\)/),
      expect.stringMatching(/the system prompt changed/),
      expect.stringMatching(/earlier steps changed/),
    ]);
  });

  it('is not warned of where another conversation came between', async () => {
    const own = trajectoryOf();
    const other = { ...trajectoryOf([], { system: 'A subagent.' }), session: `${own.session}/a1` };
    expect(await warningsOf({ trajectory: own }, { trajectory: other, tools: [extra] }, { trajectory: own })).toEqual(
      [],
    );
  });

  it('is not warned of after new steps or a compaction', async () => {
    const trajectory = trajectoryOf();
    const one = step(0);
    const compaction = {
      kind: 'summary',
      fromStep: 1,
      summary: 'Begun.',
      tokensBefore: 9,
      tokensAfter: 5,
      atStep: 2,
    } as const;
    expect(
      await warningsOf(
        { trajectory },
        { trajectory: trajectoryOf([one]) },
        { trajectory: trajectoryOf([one, step(1)]) },
        { trajectory: trajectoryOf([one, step(1)], { compactions: [compaction] }) },
      ),
    ).toEqual([]);
  });
});
