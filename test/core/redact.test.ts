import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedactor, createStreamRedactor, redactedJson } from '../../src/core/text/redact.ts';

const redact = createRedactor([]);
const letters = 'abcDEF0123456789'.repeat(6);
const secrets: readonly (readonly [string, string])[] = [
  ['sk-', letters.slice(0, 40)],
  ['sk-ant-api03-', letters.slice(0, 40)],
  ['sk-proj-', letters.slice(0, 60)],
  ['ghp_', letters.slice(0, 36)],
  ['github_pat_', letters.slice(0, 40)],
  ['glpat-', letters.slice(0, 20)],
  ['AKIA', 'ABCDEFGHIJ234567'],
  ['AIza', letters.slice(0, 35)],
  ['xoxb-', '123456789012-abcdef'],
  ['npm_', letters.slice(0, 36)],
  ['hf_', letters.slice(0, 34)],
  ['sk_live_', letters.slice(0, 24)],
  ['Authorization: Bearer ', letters.slice(0, 30)],
  ['postgres://me:', 'hunter2hunter2'],
  ['OPENAI_API_KEY=', letters.slice(0, 30)],
  ['export DB_PASSWORD="', letters.slice(0, 20)],
];

describe('createRedactor', () => {
  it.each(secrets)('takes out what follows %s', (prefix, rest) => {
    const text = `before ${prefix}${rest}@host" after`;
    const redacted = redact(text);
    expect(redacted).toContain('[redacted');
    expect(redacted).not.toContain(rest);
    expect(redacted.startsWith('before ')).toBe(true);
    expect(redacted.endsWith(' after')).toBe(true);
  });

  it('takes out whole private keys, in JSON text too, and cut off ones to the end', () => {
    const key = `-----BEGIN OPENSSH PRIVATE KEY-----\n${letters}\n${letters}\n-----END OPENSSH PRIVATE KEY-----`;
    expect(redact(`a ${key} b`)).toBe('a [redacted private key] b');
    expect(JSON.parse(redact(JSON.stringify({ text: `a ${key} b`, next: 1 })))).toEqual({
      text: 'a [redacted private key] b',
      next: 1,
    });
    expect(redact(key.slice(0, 100))).toBe('[redacted private key]');
    expect(JSON.parse(redact(JSON.stringify({ text: key.slice(0, 100), next: 1 })))).toEqual({
      text: '[redacted private key]',
      next: 1,
    });
  });

  it('takes out configured values wherever they stand, also where JSON escapes them', () => {
    const mine = createRedactor(['my"odd\\key-1', 'short']);
    expect(mine('use my"odd\\key-1 now, short')).toBe('use [redacted key] now, short');
    expect(JSON.parse(mine(JSON.stringify({ a: 'my"odd\\key-1' })))).toEqual({ a: '[redacted key]' });
  });

  it.each([
    ['r8_', letters.slice(0, 37)],
    ['nvapi-', letters.slice(0, 60)],
    ['hvs.', letters.slice(0, 30)],
    ['DefaultEndpointsProtocol=https;AccountKey=', `${letters.slice(0, 86)}==`],
    ['aws_secret_access_key = ', letters.slice(0, 40)],
    ['"apiKey": "', letters.slice(0, 40)],
    ['azure-api-key: ', '0123456789abcdef0123456789abcdef'],
    ['lin_api_', letters.slice(0, 40)],
  ])('takes out what follows %s', (prefix, rest) => {
    expect(redact(`x ${prefix}${rest} y`)).not.toContain(rest);
  });

  it('takes keys out of every string of a value, also behind a line end or a tab', () => {
    const key = `sk-${letters.slice(0, 40)}`;
    for (const before of ['\n', '\t', '\r', '"', '\\', '\u001b', 'a\n'])
      expect(redactedJson({ deep: [{ text: `${before}${key}` }] }, redact)).not.toContain(key);
    expect(JSON.parse(redactedJson({ [`\n${key}`]: 1, b: 'x' }, redact)).b).toBe('x');
  });

  it('takes keys out that follow an escape written in code', () => {
    for (const mark of ['\\n', '\\t', '\\r']) {
      const text = `printf "x${mark}sk-ant-api03-abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJ"`;
      expect(redact(text)).not.toContain('abcdefghijklmnop');
    }
    expect(redact('desk-ant-and-more-of-a-long-word-in-prose')).toContain('desk-ant');
  });

  it('takes keys out of a text that comes in pieces, wherever it is cut', () => {
    const key = `sk-${letters.slice(0, 40)}`;
    const long = `-----BEGIN RSA PRIVATE KEY-----\n${letters}\n${letters}\n-----END RSA PRIVATE KEY-----`;
    const text = `one ${key}\ntwo\n${long}\nthree ${key}`;
    for (let cut = 1; cut < text.length; cut += 7) {
      const stream = createStreamRedactor(redact);
      const all = stream.push(text.slice(0, cut)) + stream.push(text.slice(cut)) + stream.flush();
      expect(all).toBe(redact(text));
    }
  });

  it.each([
    ['x-api-key: 9f8a7b6c5d4e3f', 'x-api-key: [redacted value]'],
    ['{"x-goog-api-key":"AbC123xyz789000"}', '{"x-goog-api-key":"[redacted value]"}'],
    ['Authorization: Basic dXNlcjpwYXNzMQ==', 'Authorization: Basic [redacted value]'],
    ['Cookie: a=b; sid=31d4d96e407aad42; c=d', 'Cookie: a=b; sid=[redacted value]; c=d'],
    ['PRIVATE-TOKEN: abcd1234efgh5678', 'PRIVATE-TOKEN: [redacted value]'],
    ['Authorization: AWS4-HMAC-SHA256', 'Authorization: AWS4-HMAC-SHA256'],
    ['"x-api-key": settings2.apiKey1', '"x-api-key": settings2.apiKey1'],
    ['x-api-key: $' + '{process.env.KEY_1}', 'x-api-key: $' + '{process.env.KEY_1}'],
  ])('takes out what headers carry: %s', (text, redacted) => {
    expect(createRedactor([])(text)).toBe(redacted);
  });

  it('leaves code and prose alone', () => {
    for (const text of [
      'const task = "task-sk-short"; let token = tokenize(input); // sk-ip',
      'disk-usage-of-a-very-long-directory-name-here',
      'the bearer of this message has a very-long-hyphenated-word-without-number',
      'http://localhost:8080/path@2x.png and git@github.com:owner/name.git',
      'API_KEY=$OPENAI_API_KEY and SECRET=<your-secret-value-1234567890>',
      'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
      'npm_config_registry=https://registry.npmjs.org/',
    ]) {
      expect(redact(text)).toBe(text);
    }
  });

  it('keeps JSON text valid JSON', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom(...secrets), fc.string(), (before, [prefix, rest], after) => {
        expect(() =>
          JSON.parse(redact(JSON.stringify({ text: before + prefix + rest + after, more: [prefix + rest] }))),
        ).not.toThrow();
      }),
    );
  });
});
