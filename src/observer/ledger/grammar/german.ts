const listens = /\b(?:nicht|kein\w*|nichts|nur|ohne|lass|finger)\b/i;
const change = '(?:ändern|verändern|anfassen|anpassen|bearbeiten|editieren|umschreiben|anrühren|modifizieren)';
const order = '(?:ändere|verändere|bearbeite|editiere|änder|fass|fasse)';

const sayings: readonly (readonly [RegExp, string])[] = [
  [/\bnoch nicht\b/gi, 'nicht'],
  [/\b(?:bitte|erstmal|erst mal|vorerst|aber|mal|also)\s+/gi, ''],
  [
    /\bkeine? (?:code[- ]?)?änderungen (?:am|im) code\b|\bkeine? (?:code[- ]?)?änderungen(?! (?:an|am|im|in)\b)(?: machen| vornehmen)?/gi,
    'no changes',
  ],
  [/\bkeine? änderungen (?:an|am|im|in)\b(?: (?:der|den|dem|die))?/gi, 'no changes to'],
  [
    new RegExp(
      `(?<!\\p{L})(?:nichts (?:${change}|machen|tun|implementieren|umsetzen|kaputt machen)|${order} nichts)`,
      'giu',
    ),
    'do not change anything',
  ],
  [/\bnicht (commit|push|merg|rebas|deploy|stag|amend|squash)t?(?:en)?\b/gi, 'do not $1'],
  [/\b(commit|push|merg|deploy|rebas)e? nicht\b/gi, 'do not $1'],
  [/\bnicht (?:umsetzen|implementieren|programmieren|coden|anfangen)\b/gi, 'do not implement it'],
  [
    /\bkeine (?:neuen |weiteren |zusätzlichen )?(?:abhängigkeiten|dependencies|pakete|packages|libraries|bibliotheken)\b(?: (?:hinzufügen|installieren|einbauen))?/gi,
    'no new dependencies',
  ],
  [/\bkeine (?:neuen |weiteren |zusätzlichen )dateien\b(?: (?:anlegen|erstellen))?/gi, 'no new files'],
  [/\bkeine commits?\b/gi, 'no commits'],
  [
    new RegExp(
      `(?<!\\p{L})(?:${order} keine|keine) (tests?|testdateien|configs?|migrationen|migrations)(?: ${change})?`,
      'giu',
    ),
    'do not change $1',
  ],
  [new RegExp(`\\bnur ((?:(?:die|den|das|der) )?(?:dateien? )?[^,;]{2,60}?) ${change}`, 'gi'), 'only change $1'],
  [new RegExp(`(?<!\\p{L})${order} nur\\b`, 'giu'), 'only change'],
  [new RegExp(`\\bohne ([^,;]{2,60}?) zu ${change}`, 'gi'), 'without changing $1'],
  [new RegExp(`(^|[,;.] )([^,;]{2,60}?) (?:bitte )?nicht ${change}`, 'gi'), '$1do not change $2'],
  [new RegExp(`(?<!\\p{L})${order} ([^,;]{2,60}?) nicht(?: an)?(?!\\p{L})`, 'giu'), 'do not change $1'],
  [/\blass(?:e|t)? ([^,;]{2,60}?) (?:in ruhe|unverändert|wie (?:es|sie) (?:ist|sind)|so)\b/gi, 'leave $1 alone'],
  [/\bfinger weg von(?: (?:der|den|dem))?/gi, 'hands off'],
];
const nouns: readonly (readonly [RegExp, string])[] = [
  [/\b(?:die|das|der|den|dem) (?=[\w`./-])/gi, 'the '],
  [/\bdateien?\b/gi, 'file'],
  [/\b(?:ordner|verzeichnis)\b/gi, 'folder'],
  [/\btestdateien\b/gi, 'tests'],
  [/\bmigrationen\b/gi, 'migrations'],
  [/\b(?:doku|dokumentation)\b/gi, 'docs'],
  [/\bund\b/gi, 'and'],
  [/\boder\b/gi, 'or'],
];

/** The common German ways of forbidding ("nichts ändern", "nicht committen", "keine Tests ändern") in English; any other text as it is. */
export function fromGerman(text: string): string {
  if (!listens.test(text)) return text;
  const said = sayings.reduce((words, [pattern, plain]) => words.replace(pattern, plain), text);
  return said === text ? text : nouns.reduce((words, [pattern, plain]) => words.replace(pattern, plain), said);
}
