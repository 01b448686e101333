import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ScriptedReply } from '../../src/demo/server/scenario.ts';
import { serve } from '../program/program.ts';
import type { Trial } from './trial.ts';

const text = 'The answer.';
const tls = {
  cert: readFileSync(join(import.meta.dirname, '../fixtures/tls/cert.pem'), 'utf8'),
  key: readFileSync(join(import.meta.dirname, '../fixtures/tls/key.pem'), 'utf8'),
};

const shownCall = '<tool_call>{"name":"shell","arguments":{"command":"rm -f *"}}</tool_call>';

/** A fault in the middle of a task: after a file was written, before the answer. */
function midway(fault: string, reply: ScriptedReply, said: RegExp, code = 0, more: Partial<Trial> = {}): Trial {
  return { fault, replies: [reply, { text: 'All done.' }], said, code, ...more };
}

const impatient = { retry: { idleTimeoutSeconds: 1, firstByteTimeoutSeconds: 1 } };

/** Faults of the model's side, over real HTTP. */
export const modelTrials: readonly Trial[] = [
  midway('429 without Retry-After', { text, fault: { kind: 'status', status: 429 } }, /retry 1 in .*limiting the rate/),
  midway(
    '429 with Retry-After',
    { text, fault: { kind: 'status', status: 429, headers: { 'retry-after': '0.1' } } },
    /retry 1 in .*limiting the rate/,
  ),
  midway(
    '429 that asks for more patience than allowed',
    { text, fault: { kind: 'status', status: 429, headers: { 'retry-after': '3600' } } },
    /error .*wait 3\d\d\d s, longer/,
    1,
    { config: { retry: { giveUpAfterSeconds: 5 } } },
  ),
  midway('500', { text, fault: { kind: 'status', status: 500 } }, /retry 1 .*status 500/),
  midway(
    '500 without end',
    { text, fault: { kind: 'status', status: 500 }, times: 3 },
    /error .*Gave up.*3 times.*500/,
    1,
    { config: { retry: { maxRetries: 2 } } },
  ),
  midway('502 with an HTML page', { text, fault: { kind: 'html', status: 502 } }, /retry 1 .*502/),
  midway(
    '401 midway',
    { text, fault: { kind: 'status', status: 401 } },
    /error .*refused the API key.*No key was sent; set OPENAI_API_KEY/,
    1,
  ),
  midway('403', { text, fault: { kind: 'status', status: 403 } }, /error .*forbids/, 1),
  midway('an account without credit', { text, fault: { kind: 'status', status: 402 } }, /error .*no credit left/, 1),
  midway('a slow first byte', { text: 'All done.', firstByteDelayMs: 800 }, /^$/),
  midway('no first byte', { text, fault: { kind: 'silence', at: 'before' } }, /retry 1 .*no answer began/, 0, {
    config: impatient,
  }),
  midway('silence midway', { text, fault: { kind: 'silence', at: 'midway' } }, /retry 1 .*fell silent/, 0, {
    config: impatient,
  }),
  midway('a reset before the answer', { text, fault: { kind: 'reset', at: 'before' } }, /retry 1 .*connection/),
  midway('a reset midway', { text, fault: { kind: 'reset', at: 'midway' } }, /retry 1 .*connection/),
  midway('a clean end without a finish reason', { text, fault: { kind: 'no-finish' } }, /retry 1 .*finish reason/),
  midway(
    'no finish reason, but [DONE]',
    { text: 'All done.', fault: { kind: 'no-finish', isSaidDone: true } },
    /gives no finish reason; an answer that ends with \[DONE\] is taken as whole/,
  ),
  midway('a call inside thoughts whose beginning is not marked', { text: `so: ${shownCall}</think>All done.` }, /^$/),
  midway('a call that is only shown', { text: `All done. Like so:\n\`\`\`\n${shownCall}\n\`\`\`` }, /^$/),
  midway('a template that wants roles in turn', { text: 'All done.' }, /^$/, 0, { server: { manners: ['turns'] } }),
  midway('a demand for reasoning with each call', { text: 'All done.' }, /^$/, 0, {
    server: { manners: ['wants-reasoning'] },
  }),
  midway('truncated JSON', { text, fault: { kind: 'truncated-json' } }, /retry 1 .*not JSON/),
  midway('invalid UTF-8', { text: 'All done.', fault: { kind: 'invalid-utf8' } }, /^$/),
  midway('100 MB of output', { fault: { kind: 'huge', megabytes: 100 } }, /^$/),
  midway(
    'tool calls with duplicate ids',
    {
      text,
      calls: ['b.txt', 'c.txt'].map((path) => ({ name: 'write', arguments: { path, content: 'x' } })),
      fault: { kind: 'duplicate-ids' },
    },
    /^$/,
  ),
  midway('an empty reply', { usage: { input: 5, output: 0 } }, /^$/),
  midway('text beside a broken call', { text, calls: [{ name: 'edit', arguments: '{"path":"a' }] }, /^$/),
  midway(
    'another content type',
    { text, fault: { kind: 'content-type', contentType: 'text/plain', body: 'hello' } },
    /error .*text\/plain instead/,
    1,
  ),
  midway('an HTML page', { text, fault: { kind: 'html' } }, /error .*HTML page.*--base-url/, 1),
  {
    fault: 'a redirect to another host',
    replies: async () => {
      const other = await serve({ rules: [{ when: { kind: 'agent' }, replies: [{ text: 'stolen' }] }] });
      return {
        replies: [{ fault: { kind: 'redirect', location: `${other.url}/chat/completions` } }, { text: 'All done.' }],
        losses: () => (other.requests.length > 0 ? ['the key was sent along'] : []),
      };
    },
    said: /error .*redirect/,
    code: 1,
  },
  {
    fault: 'a certificate that is not trusted',
    replies: [{ text: 'All done.' }],
    server: { tls },
    said: /error .*not trusted.*NODE_EXTRA_CA_CERTS/,
    code: 1,
    isLostFromStart: true,
  },
  {
    fault: 'a server that is not there',
    replies: [{ text: 'All done.' }],
    prepare: async (at) => {
      await at.server.close();
    },
    config: { retry: { outageSeconds: 2 } },
    said: /error .*nothing answers at/,
    code: 1,
    isLostFromStart: true,
  },
];
