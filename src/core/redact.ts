type Kind = { readonly name: string; readonly pattern: RegExp };

const edge = '(?<![A-Za-z0-9_-])';

/** Forms of keys that are published by their makers, so that hardly any other text looks like them. */
const kinds: readonly Kind[] = [
  {
    name: 'private key',
    pattern:
      /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----(?:(?:[^"\\]|\\[nrt]){0,20000}?-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|(?:[A-Za-z0-9+/=\s]|\\[nrt])*)/g,
  },
  { name: 'key', pattern: new RegExp(`${edge}sk-[A-Za-z0-9_-]{20,}`, 'g') },
  { name: 'key', pattern: new RegExp(`${edge}(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{16,}`, 'g') },
  {
    name: 'GitHub token',
    pattern: new RegExp(`${edge}(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{22,})`, 'g'),
  },
  { name: 'GitLab token', pattern: new RegExp(`${edge}gl(?:pat|ptt|dt|rt)-[A-Za-z0-9_-]{20,}`, 'g') },
  { name: 'AWS key', pattern: /(?<![A-Za-z0-9+/])(?:AKIA|ASIA)[0-9A-Z]{16}(?![A-Za-z0-9+/])/g },
  { name: 'Google key', pattern: new RegExp(`${edge}(?:AIza[0-9A-Za-z_-]{35}|ya29\\.[0-9A-Za-z_-]{20,})`, 'g') },
  { name: 'Slack token', pattern: new RegExp(`${edge}xox[abeoprs]-[A-Za-z0-9-]{10,}`, 'g') },
  {
    name: 'token',
    pattern: new RegExp(
      `${edge}(?:npm_[A-Za-z0-9]{36}|hf_[A-Za-z0-9]{30,}|gsk_[A-Za-z0-9]{30,}|xai-[A-Za-z0-9]{30,}|r8_[A-Za-z0-9]{30,}|dop_v1_[a-f0-9]{60,}|pypi-[A-Za-z0-9_-]{50,}|SG\\.[\\w-]{16,}\\.[\\w-]{16,})`,
      'g',
    ),
  },
  {
    name: 'token',
    pattern: new RegExp(`${edge}eyJ[A-Za-z0-9_-]{10,}\\.eyJ[A-Za-z0-9_-]{10,}\\.[A-Za-z0-9_-]{10,}`, 'g'),
  },
];

const bearer =
  /((?:bearer|basic|token)\s+)(?=[A-Za-z0-9._~+/=-]*\d)(?=[A-Za-z0-9._~+/=-]*[A-Za-z])[A-Za-z0-9._~+/=-]{20,}/gi;
const inAddress = /(:\/\/[^\s:/@"'\\]*:)[^\s/@"'\\]{3,}(?=@)/g;
const assigned =
  /(\b[A-Z][A-Z0-9_]*(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS?)\s*=\s*(?:\\?["'])?)(?=[^\s"'\\]*\d)(?=[^\s"'\\]*[A-Za-z])[^\s"'\\$(){}<>]{16,}/g;

/**
 * Makes a function that takes out of a text what looks like a key, token, password in an address or private key, and every one of
 * `values` (the keys configured by the user; shorter than 8 characters are left). Works on plain text and on JSON text, which stays
 * valid JSON.
 */
export function createRedactor(values: readonly string[]): (text: string) => string {
  const exact = [...new Set(values.filter((value) => value.length >= 8).flatMap(spellings))].sort(
    (left, right) => right.length - left.length,
  );
  return (text) => {
    let redacted = text;
    for (const value of exact) redacted = redacted.replaceAll(value, '[redacted key]');
    for (const { name, pattern } of kinds) redacted = redacted.replace(pattern, `[redacted ${name}]`);
    return redacted
      .replace(bearer, '$1[redacted token]')
      .replace(inAddress, '$1[redacted password]')
      .replace(assigned, '$1[redacted value]');
  };
}

/** A value as it stands in plain text and in JSON text. */
function spellings(value: string): string[] {
  return [value, JSON.stringify(value).slice(1, -1)];
}
