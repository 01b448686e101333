/** `sign` is in every text that holds the pattern, and is found much faster, in time that grows with the text's length. */
type Kind = { readonly name: string; readonly pattern: RegExp; readonly sign: RegExp };

/** Where a key may begin: not within a word, but after an escape in a text of code (`\nsk-…`), whose letter is not part of it. */
const edge = '(?:(?<![A-Za-z0-9_-])|(?<=\\\\[nrtfv0]))';

/** Beginnings that makers give to their keys, with what follows. */
const makers = [
  'npm_[A-Za-z0-9]{36}',
  '(?:hf|gsk|r8|fw)_[A-Za-z0-9]{24,}',
  '(?:xai|pplx|nvapi|tvly|csk|jina)-[A-Za-z0-9_-]{24,}',
  'dop_v1_[a-f0-9]{60,}',
  'pypi-[A-Za-z0-9_-]{50,}',
  'SG\\.[\\w-]{16,}\\.[\\w-]{16,}',
  'lsv2_(?:pt|sk)_[a-f0-9_]{32,}',
  'lin_api_[A-Za-z0-9]{32,}',
  '(?:ntn|secret)_[A-Za-z0-9]{40,}',
  'figd_[A-Za-z0-9_-]{30,}',
  'shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}',
  'sntry[su]_[A-Za-z0-9+/=_]{40,}',
  'PMAK-[a-f0-9]{24}-[a-f0-9]{34}',
  'dapi[a-f0-9]{32}',
  'HRKU-[A-Za-z0-9_-]{30,}',
  'sb[ps]_(?:secret_)?[A-Za-z0-9_]{30,}',
  'pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_=.-]{30,}',
  'dp\\.(?:pt|st|ct|sa)\\.[A-Za-z0-9.]{30,}',
  'hv[sb]\\.[A-Za-z0-9_-]{24,}',
  'gl(?:sa|c)_[A-Za-z0-9_=+/]{30,}',
  'NRAK-[A-Z0-9]{27}',
  'dckr_(?:pat|oat)_[A-Za-z0-9_-]{24,}',
  'GOCSPX-[A-Za-z0-9_-]{24,}',
  'AGE-SECRET-KEY-1[A-Z0-9]{50,}',
  '(?:key|pubkey)-[a-f0-9]{32}',
  '(?:AC|SK)[a-f0-9]{32}',
  'whsec_[A-Za-z0-9+/=]{24,}',
  'CFPAT-[A-Za-z0-9_-]{40,}',
  'rpa_[A-Z0-9]{40,}',
];

/** A form behind an edge. It is looked for only where its sign is: to look for an edge at each place takes twenty times as long. */
function behindEdge(name: string, form: string, sign = form): Kind {
  return { name, pattern: new RegExp(`${edge}(?:${form})`, 'g'), sign: new RegExp(sign) };
}

/** Forms of keys that are published by their makers, so that hardly any other text looks like them. */
const kinds: readonly Kind[] = [
  {
    name: 'private key',
    pattern:
      /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----(?:(?:[^"\\]|\\[nrt]){0,20000}?-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|(?:[A-Za-z0-9+/=\s]|\\[nrt])*)/g,
    sign: /-----BEGIN /,
  },
  behindEdge('key', 'sk-[A-Za-z0-9_-]{20,}'),
  behindEdge('key', '(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{16,}'),
  behindEdge('GitHub token', 'gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{22,}'),
  behindEdge('GitLab token', 'gl(?:pat|ptt|dt|rt)-[A-Za-z0-9_-]{20,}'),
  { name: 'AWS key', pattern: /(?<![A-Za-z0-9+/])(?:AKIA|ASIA)[0-9A-Z]{16}(?![A-Za-z0-9+/])/g, sign: /AKIA|ASIA/ },
  behindEdge('Google key', 'AIza[0-9A-Za-z_-]{35}|ya29\\.[0-9A-Za-z_-]{20,}'),
  behindEdge('Slack token', 'xox[abeoprs]-[A-Za-z0-9-]{10,}'),
  behindEdge('token', makers.join('|')),
  behindEdge('token', '[A-Za-z0-9]{14}\\.atlasv1\\.[A-Za-z0-9_-]{50,}', '\\.atlasv1\\.'),
  behindEdge('token', '\\d{8,10}:AA[A-Za-z0-9_-]{33}', ':AA'),
  behindEdge('token', 'eyJ[A-Za-z0-9_-]{10,}\\.eyJ[A-Za-z0-9_-]{10,}\\.[A-Za-z0-9_-]{10,}', 'eyJ[A-Za-z0-9_-]{10}'),
];

/** `aws_secret_access_key = …`, `"apiKey": "…"`, `AccountKey=…;`: long values of mixed letters and digits under a telling name. */
const named =
  /((?:secret|token|passw(?:or)?d|api[_-]?key|access[_-]?key|account[_-]?key|client[_-]?secret|private[_-]?key|sig)\w{0,12}(?:\\?["'])?\s*[:=]\s*(?:\\?["'])?)(?=[A-Za-z0-9+/=_%-]*\d)(?=[A-Za-z0-9+/=_%-]*[A-Za-z])(?:(?=[A-Za-z0-9+/=_%-]*[A-Z])(?=[A-Za-z0-9+/=_%-]*[a-z])[A-Za-z0-9+/=_%-]{30,}|[a-f0-9]{32,})(?![A-Za-z0-9+/=_%.(-])/gi;
const bearer =
  /((?:bearer|basic|token)\s+)(?=[A-Za-z0-9._~+/=-]*\d)(?=[A-Za-z0-9._~+/=-]*[A-Za-z])[A-Za-z0-9._~+/=-]{20,}/gi;
/** `x-api-key: …`, `Authorization: Basic …`, `Cookie: sid=…`: what a header of a request carries. */
const inHeader =
  /(\b(?:(?:proxy-)?authorization|x-[a-z0-9-]*(?:key|token|secret|auth)|api-?key|(?:private|job|deploy)-token|ocp-apim-subscription-key)(?:\\?["'])?\s*:\s*(?:\\?["'])?(?:(?:bearer|token|digest|apikey)\s+)?)(?!AWS4-HMAC|[a-z_$][\w$]*\.[a-z_$])(?=[a-z0-9._~+/=|:-]*\d)(?=[a-z0-9._~+/=|:-]*[a-z])[a-z0-9._~+/=|:-]{12,}(?![\w([{$])/gi;
const inBasic = /(\bauthorization(?:\\?["'])?\s*:\s*(?:\\?["'])?basic\s+)[A-Za-z0-9+/=]{8,}/gi;
const inCookie =
  /(\b(?:set-)?cookie(?:\\?["'])?\s*:\s*(?:\\?["'])?(?:[\w.-]{1,64}=[^;\s"'\\]{0,200};\s*){0,20}?[\w.-]{1,64}=)(?=[\w.~%+/=-]*\d)(?=[\w.~%+/=-]*[A-Za-z])[\w.~%+/=-]{16,}/gi;
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
    for (const { name, pattern, sign } of kinds)
      if (sign.test(redacted)) redacted = redacted.replace(pattern, `[redacted ${name}]`);
    return redacted
      .replace(bearer, '$1[redacted token]')
      .replace(inBasic, '$1[redacted value]')
      .replace(inHeader, '$1[redacted value]')
      .replace(inCookie, '$1[redacted value]')
      .replace(inAddress, '$1[redacted password]')
      .replace(assigned, '$1[redacted value]')
      .replace(named, '$1[redacted value]');
  };
}

/** A value as JSON text in which every string was redacted by itself: in JSON text a key may come behind `\n`, and look like part of a word. */
export function redactedJson(value: unknown, redact: (text: string) => string): string {
  return redact(JSON.stringify(value, (_, each: unknown) => (typeof each === 'string' ? redact(each) : each)));
}

const maxPending = 64 * 1024;

/**
 * Redacts a text that comes in pieces: whole lines are given on, and a private key is waited for to its end, so that no key slips
 * through where two pieces meet.
 */
export function createStreamRedactor(redact: (text: string) => string) {
  let pending = '';
  return {
    push: (text: string): string => {
      pending += text;
      const begin = pending.indexOf('-----BEGIN ');
      const isOpen = begin !== -1 && !/-----END [^\n]*\n/.test(pending.slice(begin));
      const line = pending.lastIndexOf('\n') + 1;
      const end = pending.length > maxPending ? pending.length : isOpen ? Math.min(begin, line) : line;
      const ready = pending.slice(0, end);
      pending = pending.slice(end);
      return redact(ready);
    },
    flush: (): string => {
      const ready = redact(pending);
      pending = '';
      return ready;
    },
  };
}

/** A value as it stands in plain text and in JSON text. */
function spellings(value: string): string[] {
  return [value, JSON.stringify(value).slice(1, -1)];
}
