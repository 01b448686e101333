// An MCP server behind a real authorization server (oidc-provider), as a process of its own. Prints its address.
// Usage: node protected-server.js [http|sse] [CLIENT]: how the server speaks, and the one client that is known, as JSON: without it clients
// register themselves. A request of /expire ends all access tokens that were used so far.
import { createServer } from 'node:http';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import Provider from 'oidc-provider';

const isSse = process.argv[2] === 'sse';
const client = process.argv[3] && JSON.parse(process.argv[3]);
const listen = async (server) => {
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${server.address().port}`;
};

const authorization = createServer((request, response) => callback(request, response));
const issuer = await listen(authorization);
const resources = createServer((request, response) => serve(request, response));
const origin = await listen(resources);

const provider = new Provider(issuer, {
  ...(client ? { clients: [client] } : {}),
  features: {
    registration: { enabled: !client },
    devInteractions: { enabled: true },
    resourceIndicators: {
      enabled: true,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        scope: 'mcp',
        audience: `${origin}/mcp`,
        accessTokenTTL: 3600,
        accessTokenFormat: 'opaque',
      }),
    },
  },
  pkce: { required: () => true },
  scopes: ['mcp', 'offline_access'],
  issueRefreshToken: () => true,
  rotateRefreshToken: true,
  cookies: { keys: ['a test'] },
});
const callback = provider.callback();
const used = new Set();
const ended = new Set();

async function serve(request, response) {
  const json = (status, body, headers = {}) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };
  if (request.url.startsWith('/.well-known/oauth-protected-resource'))
    return json(200, { resource: `${origin}/mcp`, authorization_servers: [issuer], scopes_supported: ['mcp'] });
  if (request.url === '/expire') {
    for (const bearer of used) ended.add(bearer);
    return json(200, {});
  }
  const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  const token = bearer ? await provider.AccessToken.find(bearer) : undefined;
  if (!token?.isValid || ended.has(bearer))
    return json(
      401,
      { error: 'invalid_token' },
      { 'www-authenticate': `Bearer resource_metadata="${origin}/.well-known/oauth-protected-resource/mcp"` },
    );
  used.add(bearer);
  return isSse ? speakSse(request, response, json, token) : speakHttp(request, response, token);
}

function makeServer(token) {
  const server = new McpServer({ name: 'protected', version: '1' });
  server.registerTool('whoami', { description: 'Says who is signed in.' }, () => ({
    content: [{ type: 'text', text: `signed in as ${token.accountId}` }],
  }));
  return server;
}

async function speakHttp(request, response, token) {
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined });
  response.on('close', () => void transport.close());
  await makeServer(token).connect(transport);
  await transport.handleRequest(request, response);
}

const streams = new Map();

/** The old way: a stream of events, and an address for messages that the stream names. */
async function speakSse(request, response, json, token) {
  const { pathname, searchParams } = new URL(request.url, origin);
  const stream = streams.get(searchParams.get('sessionId'));
  if (pathname === '/messages' && stream) return stream.handlePostMessage(request, response);
  if (pathname !== '/mcp' || request.method !== 'GET') return json(405, { error: 'method not allowed' });
  const transport = new SSEServerTransport('/messages', response);
  streams.set(transport.sessionId, transport);
  await makeServer(token).connect(transport);
}

console.log(`${origin}/mcp`);
