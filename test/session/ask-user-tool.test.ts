import { expect, it } from 'vitest';
import type { ToolContext } from '../../src/core/tool.ts';
import { makeAskUserTool } from '../../src/session/calls/ask-user-tool.ts';

it('a question and its answers are shown, and given to the model, with what a terminal would act on made visible', async () => {
  const seen: unknown[] = [];
  const tool = makeAskUserTool({
    ask: async ({ question }) => {
      seen.push(question);
      return { kind: 'words', words: question.options[0]!.label };
    },
    emit: () => {},
    notify: () => {},
  });
  const options = ['Yes, drop it\rNo, keep it', { label: 'b', description: 'x\u001b[2Ky\r\nz' }];
  const prepared = tool.prepare({ questions: [{ question: 'Delete it?\rKeep it?', options }] }, '/');
  if (typeof prepared === 'string') throw new Error(prepared);
  const context = { callId: 'a', signal: new AbortController().signal } as ToolContext;
  const { output } = await prepared.run(context);
  const first = 'Yes, drop it\u240dNo, keep it';
  expect(seen).toEqual([
    {
      question: 'Delete it?\u240dKeep it?',
      options: [{ label: first }, { label: 'b', description: 'x\u241b[2Ky\nz' }],
      isMultiple: false,
    },
  ]);
  expect(output).toContain(first);
});
