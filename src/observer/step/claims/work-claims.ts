import { isOfKind } from '../../ledger/check/file-sets.ts';

/** What the last words of a turn say was done to files of a kind. */
export type WorkClaim = { readonly kind: 'tests' | 'docs' | 'readme' | 'changelog'; readonly sentence: string };

const did = '(?:added|wrote|written|created|updated|extended|expanded|adjusted|adapted|included|documented)';
const who =
  "(?:(?:and|also|then|now|finally|i|i['’]ve|i have|we|we['’]ve|we have|has been|have been|were|was|are|is|both|all) )*";
const article =
  '(?:(?:the|a|an|some|new|more|several|two|three|four|five|\\d+|unit|integration|regression|corresponding|matching|relevant|comprehensive|existing|project|user|api|public|full|missing|basic|edge.case|focused) )*';
const named: readonly (readonly [WorkClaim['kind'], string])[] = [
  ['tests', '(?:tests?(?: cases?| files?| suites?| coverage)?|specs?)'],
  ['readme', 'readme(?:\\.\\w+)?'],
  ['changelog', 'change ?log(?:\\.\\w+)?(?: entry)?'],
  ['docs', '(?:docs|documentation)'],
];
const after = '(?=$|[.,;:!)]|\\s+(?:for|to|in|with|that|which|and|covering|of|on|about|accordingly|as well|too|so)\\b)';
const claims = named.map(
  ([kind, noun]) =>
    [
      kind,
      new RegExp(
        `^(?:[^.;]{0,60}\\b(?:and|,) )?${who}${did} ${article}${noun}${after}|^${article}${noun} (?:has been |have been |was |were )?${did}\\b(?! by\\b)`,
        'i',
      ),
    ] as const,
);
const hedged =
  /\b(?:not|n['’]t|no|none|never|nothing|will|would|should|could|can|may|might|if|once|when|until|unless|before|without|want|needs?|needed|to be|yet|already|earlier|previous(?:ly)?|existing|upstream|you|user|someone|they|pr|pull request|commit(?:ted)? [0-9a-f]{7,}|docstrings?|comments?|inline|skipped|plan|next|todo|suggest\w*|recommend\w*|consider\w*)\b|n['’]t\b|\?|\[ \]/i;

/** What is said of tests, documentation, the README and the changelog as something that this turn did; one claim of each kind at most. */
export function readWorkClaims(text: string): WorkClaim[] {
  const found = new Map<WorkClaim['kind'], WorkClaim>();
  const plain = text.slice(-8000).replace(/```[\s\S]*?```/g, '\n');
  for (const line of plain.split(/(?<=[.!?])\s+|\n+|\s[—–]\s/)) {
    const sentence = line
      .replace(/^[\s>#*•+\d.)✅✓☑-]+/, '')
      .replace(/\*\*|`/g, '')
      .trim();
    if (sentence.length < 8 || sentence.length > 300 || sentence.startsWith('|') || hedged.test(sentence)) continue;
    for (const [kind, pattern] of claims)
      if (!found.has(kind) && pattern.test(sentence)) found.set(kind, { kind, sentence: sentence.slice(0, 160) });
  }
  return [...found.values()];
}

const proof: Readonly<Record<WorkClaim['kind'], (path: string) => boolean>> = {
  tests: (path) => isOfKind(path, 'tests') || /test|spec/i.test(path),
  readme: (path) => /(?:^|\/)readme/i.test(path),
  changelog: (path) => /change|history|news|release/i.test(path),
  docs: (path) =>
    isOfKind(path, 'documentation') ||
    /docs?\b|readme|guide|wiki|help|manual|\.(?:mdx?|rst|adoc|txt|html?|ipynb)$/i.test(path),
};

/** Whether one of the changed files bears the claim out. */
export function isBorneOut({ kind }: WorkClaim, changed: Iterable<string>): boolean {
  return [...changed].some(proof[kind]);
}

/** Tests within source files (Rust, doctests): an edit that holds one bears a claim of tests out as well. */
export const testText =
  /#\[(?:\w+::)?test\]|#\[cfg\(test\)\]|\bdef test_|\b(?:it|test|describe)(?:\.\w+)?\(|\bassert|\bfunc Test|@Test\b|>>> |import\.meta\.vitest/;
