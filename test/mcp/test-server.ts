import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { JsonObject } from '../../src/core/types.ts';

/** A small server of our own; `onMessage` sees each message as `m` and may answer with `send` and return. */
export function writeTestServer(
  folder: string,
  name: string,
  onMessage: string,
  tools: readonly JsonObject[] = [{ name: 'one', description: 'One.', inputSchema: { type: 'object' } }],
): string {
  const path = join(folder, name);
  writeFileSync(
    path,
    `import { createInterface } from 'node:readline';
const tools = ${JSON.stringify(tools)};
const send = (message) => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', ...message }) + '\\n');
function handle(m) {
  ${onMessage}
  if (m.method === 'initialize') return send({ id: m.id, result: { protocolVersion: m.params.protocolVersion, capabilities: { tools: { listChanged: true } }, serverInfo: { name: 'test', version: '1' } } });
  if (m.method === 'tools/list') return send({ id: m.id, result: { tools } });
  if (m.method === 'tools/call') return send({ id: m.id, result: { content: [{ type: 'text', text: m.params.name }] } });
}
createInterface({ input: process.stdin }).on('line', (line) => handle(JSON.parse(line))).on('close', () => process.exit(0));
`,
  );
  return path;
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        address !== null && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}
