import type { Attributes } from '@opentelemetry/api';
import type { Asked } from '../core/model.ts';

/** Names of the conventions for providers that are called otherwise here. */
const conventionNames: Readonly<Record<string, string>> = {
  google: 'gcp.gemini',
  azure: 'azure.ai.openai',
  mistral: 'mistral_ai',
  xai: 'x_ai',
  bedrock: 'aws.bedrock',
};

/** The attributes that say which model was asked, and where. */
export function modelFacts({ model: name, endpoint }: Asked): Attributes {
  const model = { 'gen_ai.request.model': name };
  if (endpoint === undefined) return { 'gen_ai.provider.name': '_OTHER', ...model };
  const provider = conventionNames[endpoint.provider] ?? endpoint.provider;
  return { 'gen_ai.provider.name': provider, ...model, ...serverFacts(endpoint.baseUrl) };
}

function serverFacts(address: string): Attributes {
  if (!URL.canParse(address)) return {};
  const { hostname, port, protocol } = new URL(address);
  const usual = protocol === 'http:' ? 80 : 443;
  return { 'server.address': hostname.replace(/^\[|\]$/g, ''), 'server.port': port === '' ? usual : Number(port) };
}
