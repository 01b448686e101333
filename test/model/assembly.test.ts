import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chatFrames } from '../../src/demo/server/chat-frames.ts';
import { expandReply, type ScriptedAnswer } from '../../src/demo/server/expand.ts';
import type { Frames } from '../../src/demo/server/frames.ts';
import { responsesFrames } from '../../src/demo/server/responses-frames.ts';
import { createChatCollector } from '../../src/model/answer/chat-collector.ts';
import { createEventParser } from '../../src/model/answer/event-parser.ts';
import { createResponsesCollector } from '../../src/model/answer/responses-collector.ts';
import { createThoughtReader } from '../../src/model/text/thoughts.ts';
import { listen } from './support.ts';

const words = fc.string({
  unit: fc.constantFrom('a', ' ', '\n', 'ü', '😀', '"', '\\', '{', '\u2028', 'data: '),
  maxLength: 30,
});
const call = fc.record({
  name: fc.constantFrom('read', 'edit'),
  arguments: fc.dictionary(fc.string(), words),
  id: fc.uuid(),
});
const replies = fc.record({
  text: words,
  reasoning: words,
  calls: fc.array(call, { maxLength: 3 }),
  fragmentLength: fc.integer({ min: 1, max: 9 }),
});
const places = fc.array(fc.nat(), { maxLength: 40 });

function streamOf(frames: Frames): Uint8Array {
  return new TextEncoder().encode(
    [...frames.opening, ...frames.content(), ...frames.closing(), ...frames.done].join(''),
  );
}

/** Cuts bytes at the given places, which may repeat and lie anywhere. */
function cut(whole: Uint8Array, at: readonly number[]): Uint8Array[] {
  const ends = [...at.map((place) => place % (whole.length + 1)), whole.length].sort((left, right) => left - right);
  return ends.map((end, index) => whole.slice(index === 0 ? 0 : ends[index - 1], end));
}

const dialects = [
  ['Chat Completions', createChatCollector, (answer: ScriptedAnswer) => chatFrames(answer, true)],
  ['the Responses API', createResponsesCollector, responsesFrames],
] as const;

describe.each(dialects)('an answer of %s', (_, createCollector, framesOf) => {
  it('is put together the same however its bytes are cut', () => {
    fc.assert(
      fc.property(replies, places, (reply, at) => {
        const answer = expandReply({ reply, turn: 1 }, 'm', { input: 10, cached: 0 });
        const heard = listen();
        const collector = createCollector(heard, 'origin');
        const parser = createEventParser(collector.take);
        for (const chunk of cut(streamOf(framesOf(answer)), at)) {
          parser.push(chunk);
          collector.flush();
        }
        parser.end();
        const got = collector.collected();
        expect([got.text, got.reasoning]).toEqual([reply.text, reply.reasoning]);
        expect([heard.text, heard.reasoning]).toEqual([reply.text, reply.reasoning]);
        expect(got.calls).toEqual(reply.calls.map((made) => ({ ...made, arguments: JSON.stringify(made.arguments) })));
        expect(got.finish).toBe(reply.calls.length > 0 ? 'tool-calls' : 'stop');
      }),
      { numRuns: 200 },
    );
  });
});

describe('think tags', () => {
  it('split an answer the same however it is cut', () => {
    const thought = fc
      .string({ unit: fc.constantFrom('a', '<', '/', 'think', '>', ' ') })
      .filter((text) => !text.includes('</think>'));
    fc.assert(
      fc.property(thought, words, places, (reasoning, text, at) => {
        const heard = listen();
        const splitter = createThoughtReader(heard);
        const whole = `<think>${reasoning}</think>${text}`;
        const ends = [...at.map((place) => place % (whole.length + 1)), whole.length].sort(
          (left, right) => left - right,
        );
        for (const [index, end] of ends.entries()) splitter.push(whole.slice(index === 0 ? 0 : ends[index - 1], end));
        splitter.end();
        expect(heard.reasoning).toBe(reasoning);
        expect(heard.text.trimStart()).toBe(text.trimStart());
      }),
    );
  });
});
