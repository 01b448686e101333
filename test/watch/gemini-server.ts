import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export type Reply = {
  readonly text?: string;
  readonly calls?: readonly { name: string; arguments: Record<string, unknown> }[];
};

/** A scripted server in the dialect of Gemini's own API, streamed and whole; closed after the test. */
export async function serveGemini(replies: readonly Reply[]): Promise<{ url: string; bodies: string[] }> {
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const isStream = request.url?.includes('streamGenerateContent') === true;
    if (isStream) bodies.push(body);
    const reply = isStream ? (replies[bodies.length - 1] ?? { text: 'Done.' }) : { text: '{}' };
    const answer = JSON.stringify(answerOf(reply));
    response.setHeader('content-type', isStream ? 'text/event-stream' : 'application/json');
    response.end(isStream ? `data: ${answer}\n\n` : answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, bodies };
}

function answerOf({ text, calls = [] }: Reply): object {
  const parts = [
    ...(text === undefined ? [] : [{ text }]),
    ...calls.map(({ name, arguments: args }) => ({ functionCall: { name, args } })),
  ];
  return {
    candidates: [{ content: { role: 'model', parts }, finishReason: 'STOP', index: 0 }],
    usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 2, totalTokenCount: 12 },
  };
}
