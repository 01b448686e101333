// A server made with the protocol's own SDK. `grow` announces another tool; `wait` says in the file LOG how its call ended.
// Usage: node sdk-server.js LOG [http]: over HTTP it prints its address.
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';

const [, , log, way] = process.argv;
const note = (line) => appendFileSync(log, `${line}\n`);
const say = (text) => ({ content: [{ type: 'text', text }] });

const server = new McpServer({ name: 'sdk', version: '1' });
server.registerTool('grow', { description: 'Makes another tool.' }, () => {
  server.registerTool('tide', { description: 'Says when the sea is high.' }, () => say('The sea is high.'));
  return say('There is another tool now.');
});
server.registerTool('wait', { description: 'Waits until it is told not to.' }, async ({ signal }) => {
  note('started');
  await new Promise((resolve) => signal.addEventListener('abort', resolve));
  note('cancelled');
  return say('It was cancelled.');
});

if (way === 'http') {
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: () => 'one' });
  await server.connect(transport);
  const http = createServer((request, response) => void transport.handleRequest(request, response));
  http.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${http.address().port}/mcp`));
} else await server.connect(new StdioServerTransport());
