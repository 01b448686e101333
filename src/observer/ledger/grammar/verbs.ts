/**
 * What a verb comes down to. `change` stands for all that writes in a file that exists; `do` for work that names no object of its own ("don't
 * implement it yet"); git's verbs and the kinds of work go by their own plain names.
 */
export type Act =
  | 'change'
  | 'delete'
  | 'reformat'
  | 'create'
  | 'move'
  | 'read'
  | 'do'
  | 'run'
  | 'start'
  | 'install'
  | 'upgrade'
  | 'open'
  | 'skip'
  | 'include'
  | 'switch'
  | 'git'
  | 'work';

/** A verb as it was found: its plain form ("commit" for "committing", "publish" for "release") and what it comes down to. */
export type Verb = { readonly act: Act; readonly base: string };

type Form = 'base' | 'gerund' | 'participle';

/** Verbs by what they come down to; `a=b` is another word for `b`. */
const vocabulary: Readonly<Record<Act, string>> = {
  change:
    'modify change edit touch alter update overwrite rewrite replace refactor adjust tweak regenerate revise patch restructure clobber rework adapt affect',
  reformat: 'reformat format prettify lint-fix autoformat auto-format restyle',
  delete: 'delete remove erase drop=delete wipe=delete discard=delete',
  create: 'create make add write generate introduce produce',
  move: 'rename move relocate',
  read: 'read open revert',
  run: 'run execute call invoke use rerun=run trigger=run apply',
  start: 'start launch boot=start restart',
  install: 'install bring add introduce use',
  upgrade: 'upgrade bump',
  open: 'open submit raise close comment',
  skip: 'skip bypass disable circumvent=skip',
  include: 'include put add',
  switch: 'switch checkout',
  git: 'commit push force-push rebase merge tag amend stash stage squash cherry-pick reset',
  work: 'deploy publish release=publish build rebuild=build',
  do: 'implement code fix do begin proceed apply continue build=implement develop program solve start act correct=fix repair=fix',
};

const doubled = /^(?:commit|reset|format|reformat|drop|run|rerun|tag|ship|skip|begin|put|wip)$/;
const irregular: Readonly<Record<string, readonly [gerund: string, participle: string]>> = {
  write: ['writing', 'written'],
  overwrite: ['overwriting', 'overwritten'],
  rewrite: ['rewriting', 'rewritten'],
  make: ['making', 'made'],
  do: ['doing', 'done'],
  run: ['running', 'run'],
  rerun: ['rerunning', 'rerun'],
  begin: ['beginning', 'begun'],
  build: ['building', 'built'],
  rebuild: ['rebuilding', 'rebuilt'],
  put: ['putting', 'put'],
  bring: ['bringing', 'brought'],
  leave: ['leaving', 'left'],
  read: ['reading', 'read'],
};

const forms = new Map<string, readonly { readonly verb: Verb; readonly form: Form }[]>();
for (const act of Object.keys(vocabulary).filter((name): name is Act => Object.hasOwn(vocabulary, name)))
  for (const entry of vocabulary[act].split(' ')) {
    const [word = '', base = word] = entry.split('=');
    for (const [spelled, form] of formsOf(word, act === 'git' || act === 'work')) {
      const known = forms.get(spelled) ?? [];
      forms.set(spelled, [...known, { verb: { act, base }, form }]);
    }
  }

function formsOf(word: string, isNoun: boolean): readonly (readonly [string, Form])[] {
  const own = Object.hasOwn(irregular, word) ? irregular[word] : undefined;
  const stem = word.endsWith('e') ? word.slice(0, -1) : doubled.test(word) ? `${word}${word.at(-1)}` : word;
  const past = word.endsWith('e') ? `${word}d` : /[^aeou]y$/.test(word) ? `${word.slice(0, -1)}ied` : `${stem}ed`;
  return [
    [word, 'base'],
    [own?.[0] ?? `${stem}ing`, 'gerund'],
    [own?.[1] ?? past, 'participle'],
    // "Do no commits".
    ...(isNoun ? ([[/[sh]$/.test(word) ? `${word}es` : `${word}s`, 'base']] as const) : []),
  ];
}

/** Several words that are one verb, each with the one word that stands for it. */
const phrasal: readonly (readonly [RegExp, string])[] = [
  [/^(?:mess|messing|fiddle|fiddling|tamper|tampering|tinker|tinkering) (?:around )?with\b/i, 'touch'],
  [/^(?:play|playing|fool|fooling) (?:around )?with\b/i, 'touch'],
  [/^(?:go|going) (?:near|into|in)\b/i, 'touch'],
  [/^(?:mess|messing|screw|screwing) up\b/i, 'touch'],
  [/^auto[ -]?(?=commit|push|merge|deploy|publish)/i, ''],
  [
    /^(?:mak(?:e|ing)|do(?:ing)?|apply(?:ing)?|introduc(?:e|ing)) (?:any |new |further |other |more |code )*(?:changes?|edits?|modifications?)(?= (?:to|in|inside|under|on|at|outside)\b)(?: (?:to|in|on|at)(?= ))?/i,
    'change',
  ],
  [/^(?:write|writing) (?:anything )?(?:to|into|in)\b/i, 'change'],
  [/^(?:get|getting) rid of\b/i, 'delete'],
  [/^(?:throw|throwing) away\b/i, 'delete'],
  [/^check(?:ing)? (?:it|this|that|anything|everything|them|stuff) in\b/i, 'commit'],
  [
    /^(?:jump|dive|rush)(?:ing)? (?:straight |right )?(?:in)?to (?:the )?(?:code|coding|implementation|implementing)\b|^(?:take|taking) (?:any )?action\b|^(?:get|getting) started\b/i,
    'implement',
  ],
  [
    /^(?:add|adding|write|writing|put|putting|append|appending) (?:anything|things|stuff|lines?|code|entries) (?:to|into|in)\b/i,
    'change',
  ],
  [
    /^(?:do|doing|perform|performing|make|making) (?:any |an? |the |more |git )*(?=(?:force.?push|push|commit|rebase|merge|deploy|release|squash|stash|amend|tag)(?:e?s|ments?)?\b)/i,
    '',
  ],
  [/^(?:check|checking) in\b/i, 'commit'],
  [/^(?:check|checking) out\b/i, 'checkout'],
  [/^force[ -]?push(?:es|ing)?\b/i, 'force-push'],
  [/^cherry[ -]?pick(?:ing)?\b/i, 'cherry-pick'],
  [/^(?:spin|spinning|fire|firing|start|starting|bring|bringing) up\b/i, 'start'],
  [/^(?:kick|kicking) off\b/i, 'run'],
  [/^(?:pull|pulling|bring|bringing) in\b/i, 'install'],
  [/^(?:ship|shipping)\b/i, 'deploy'],
  [/^squash[ -]?merg(?:e|ing)\b/i, 'squash'],
  [/^git (?=commit|push|rebase|merge|tag|stash|add\b)/i, ''],
];

const word = /^[a-z]+(?:-[a-z]+)?(?![\w./-])/i;

/** The verb that some words begin with, in one of the forms, and the words behind it; undefined when they begin with none. */
export function readVerb(
  text: string,
  wanted: readonly Form[] = ['base', 'gerund'],
): { readonly verbs: readonly Verb[]; readonly rest: string } | undefined {
  for (const [pattern, plain] of phrasal) {
    const match = pattern.exec(text);
    if (match === null) continue;
    const rest = text.slice(match[0].length);
    if (plain === '') return readVerb(rest, wanted);
    return { verbs: (forms.get(plain) ?? []).map(({ verb }) => verb), rest: rest.trim() };
  }
  const match = word.exec(text);
  const found =
    match === null ? undefined : forms.get(match[0].toLowerCase())?.filter(({ form }) => wanted.includes(form));
  if (match === null || found === undefined || found.length === 0) return undefined;
  return { verbs: found.map(({ verb }) => verb), rest: text.slice(match[0].length).trim() };
}

const joint = /^(?:\s*,\s*(?:or|and|nor)?|\s*\/|\s*(?:or|and|nor|&)\b)\s*(?:ever |even |to )?/i;

/** Verbs in a row ("edit, move or delete") and what they are about; each verb with all it may mean. */
export function readVerbs(
  text: string,
  wanted?: readonly Form[],
): { readonly row: readonly (readonly Verb[])[]; readonly object: string } | undefined {
  const first = readVerb(text, wanted);
  if (first === undefined) return undefined;
  const row = [first.verbs];
  let rest = first.rest;
  for (;;) {
    const between = joint.exec(rest);
    const next = between === null ? undefined : readVerb(rest.slice(between[0].length), wanted);
    if (next === undefined) return { row, object: rest.trim() };
    row.push(next.verbs);
    rest = next.rest;
  }
}
