/**
 * The floor: a bare Node loop with fetch that does the same work as the agent in the bench (asks, reads the stream, reads a file or
 * runs a command, asks again), with nothing around it. Arguments: base URL, then the folder to work in.
 */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

type Call = { id: string; name: string; arguments: string };
type Delta = {
  content?: string;
  tool_calls?: { index: number; id?: string; function?: { name?: string; arguments?: string } }[];
};

const [url = '', folder = ''] = process.argv.slice(2);
const tools = ['read', 'edit', 'shell'].map((name) => ({
  type: 'function',
  function: { name, description: name, parameters: { type: 'object', properties: { path: { type: 'string' } } } },
}));
const messages: object[] = [
  { role: 'system', content: 'You are a coding agent.' },
  { role: 'user', content: 'Read the files.' },
];

for (;;) {
  const { text, calls } = await ask();
  messages.push({
    role: 'assistant',
    content: text,
    ...(calls.length
      ? {
          tool_calls: calls.map((call) => ({
            id: call.id,
            type: 'function',
            function: { name: call.name, arguments: call.arguments },
          })),
        }
      : {}),
  });
  if (calls.length === 0) break;
  for (const call of calls) {
    const { path, command } = JSON.parse(call.arguments);
    const content = call.name === 'shell' ? await runCommand(command) : readFileSync(join(folder, path), 'utf8');
    messages.push({ role: 'tool', tool_call_id: call.id, content });
  }
}

function runCommand(command: string): Promise<string> {
  return new Promise((resolve, reject) =>
    execFile('bash', ['-c', command], { cwd: folder }, (error, stdout) => (error ? reject(error) : resolve(stdout))),
  );
}

async function ask(): Promise<{ text: string; calls: Call[] }> {
  const response = await fetch(`${url}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'scripted', stream: true, messages, tools }),
  });
  let text = '';
  let rest = '';
  const calls: Call[] = [];
  const decoder = new TextDecoder();
  for await (const chunk of response.body!) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (!line.startsWith('data: ') || line === 'data: [DONE]') continue;
      const delta: Delta | undefined = JSON.parse(line.slice(6)).choices[0]?.delta;
      if (delta?.content) text += delta.content;
      for (const part of delta?.tool_calls ?? []) {
        calls[part.index] ??= { id: '', name: '', arguments: '' };
        const call = calls[part.index]!;
        call.id += part.id ?? '';
        call.name += part.function?.name ?? '';
        call.arguments += part.function?.arguments ?? '';
      }
    }
  }
  return { text, calls };
}
