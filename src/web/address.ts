import { ToolError } from '../core/tool.ts';

/** An address as a model writes it: http or https, `https://` added where there is no scheme. Throws ToolError for anything else. */
export function parseAddress(text: string): URL {
  const trimmed = text.trim();
  const whole = /^[a-z][a-z0-9+.-]*:(?!\d)/i.test(trimmed) ? trimmed : `https://${trimmed}`;
  if (!URL.canParse(whole)) throw new ToolError('bad-arguments', `${JSON.stringify(trimmed)} is not a web address.`);
  const url = new URL(whole);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new ToolError('bad-arguments', `Only http and https addresses can be fetched, not ${url.protocol}`);
  if (url.username !== '' || url.password !== '')
    throw new ToolError('bad-arguments', 'An address with a user name or a password in it is not fetched.');
  return url;
}

/** The host of an address as permissions know it: no port, no brackets, no dot at its end. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}
