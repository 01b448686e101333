// An MCP server behind a real authorization server (oidc-provider), as a process of its own. Prints its address.
// Usage: node protected-server.js SECONDS: how long an access token is good.
import { createServer } from 'node:http';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import Provider from 'oidc-provider';

const seconds = Number(process.argv[2] ?? 3600);
const listen = async (server) => {
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${server.address().port}`;
};

const authorization = createServer((request, response) => callback(request, response));
const issuer = await listen(authorization);
const resources = createServer((request, response) => serve(request, response));
const origin = await listen(resources);

const provider = new Provider(issuer, {
  features: {
    registration: { enabled: true },
    devInteractions: { enabled: true },
    resourceIndicators: {
      enabled: true,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        scope: 'mcp',
        audience: `${origin}/mcp`,
        accessTokenTTL: seconds,
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

async function serve(request, response) {
  const json = (status, body, headers = {}) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };
  if (request.url.startsWith('/.well-known/oauth-protected-resource'))
    return json(200, { resource: `${origin}/mcp`, authorization_servers: [issuer], scopes_supported: ['mcp'] });
  const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  const token = bearer ? await provider.AccessToken.find(bearer) : undefined;
  if (!token?.isValid)
    return json(
      401,
      { error: 'invalid_token' },
      { 'www-authenticate': `Bearer resource_metadata="${origin}/.well-known/oauth-protected-resource/mcp"` },
    );
  const server = new McpServer({ name: 'protected', version: '1' });
  server.registerTool('whoami', { description: 'Says who is signed in.' }, () => ({
    content: [{ type: 'text', text: `signed in as ${token.accountId}` }],
  }));
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined });
  response.on('close', () => void transport.close());
  await server.connect(transport);
  await transport.handleRequest(request, response);
}

console.log(`${origin}/mcp`);
