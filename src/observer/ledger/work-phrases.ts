import { noUpgrades, readCommand, readKindOfWork } from './command-words.ts';
import { readGit } from './git-words.ts';
import { all, not, type Phrase } from './phrase.ts';

const anyDependency =
  '(?:(?:any|an?)\\s+)?(?:new |additional |extra |other |more |third.party |external |npm |pip |runtime )*(?:dependenc(?:y|ies)|packages?|librar(?:y|ies)|libs?|deps)(?: for (?:this|that|it))?';

/** What may be run: dependencies, kinds of work, git and commands. */
export const workPhrases: readonly Phrase[] = [
  {
    pattern: all(
      `(?:${not}(?:add|install|introduc|bring)(?:e|ing)?(?: in)?\\s+${anyDependency}|(?:no|without|without any) (?:new |additional |extra |third.party |external )+(?:dependenc(?:y|ies)|packages?|librar(?:y|ies)|libs?|deps))`,
    ),
    read: () => ({ type: 'no-dependencies' }),
  },
  {
    pattern: all(
      `${not}(?:upgrad|updat|bump)(?:e|ing)? (?:any |the |our )?(?:dependenc(?:y|ies)|packages?|librar(?:y|ies)|libs?|deps)(?: versions?)?`,
    ),
    read: noUpgrades,
  },
  { pattern: all(`${not}install(?:ing)? anything(?: new)?`), read: () => ({ type: 'no-dependencies' }) },
  { pattern: all(`${not}((?:deploy|publish|build).*)`), read: readKindOfWork },
  {
    pattern: all(
      `${not}(?:open|creat|mak|submit|rais)(?:e|ing)? (?:a |any |the )?(?:prs?|pull requests?)(?: for (?:it|this|that))?`,
    ),
    read: () => ({ type: 'no-command', commands: ['gh pr create'] }),
  },
  {
    pattern: all(`${not}(?:creat|mak)(?:e|ing) (?:a |any |new |git )*commits?`),
    read: () => ({ type: 'no-git', verbs: ['commit'] }),
  },
  {
    pattern: all(
      `(?:${not}(?:switch|chang|check ?out|checkout)(?:e|ing)?(?: to)?(?: (?:an?other|other|the|a different|any other|a new))? branch(?:es)?|stay on (?:this|the current|your|the same) branch)`,
    ),
    read: () => ({ type: 'no-git', verbs: ['switch'] }),
  },
  {
    pattern: all(
      `${not}(?:skip|bypass|disabl)(?:e|ing|ping)? (?:the |any )?(?:git |pre.?commit |commit |pre.?push )*hooks?`,
    ),
    read: () => ({ type: 'no-command', commands: ['--no-verify'] }),
  },
  {
    pattern: all(
      `(?:${not}(?:include|put|add)(?:ing)? (?<put>.+?) (?:in|to|into|from)|(?:leave|keep) (?<kept>.+?) (?:from|out of)) (?:the |any |your )?(?:commits?|prs?|pull requests?)`,
    ),
    read: (object) => readGit(`commit ${object}`),
  },
  {
    pattern: all('nothing (?:should|must|may|can|is to|gets?|will) (?:be )?(commit|push|merg)\\w*(?: yet)?'),
    read: (verb) => readGit(verb),
  },
  { pattern: all('(?:never|not|no) ([`"\'].+[`"\'])'), read: readCommand },
  { pattern: all(`${not}(ssh)(?:ing)?(?: (?:in|on|to|into)\\b.*)?`), read: readCommand },
  {
    pattern: all(`${not}creat(?:e|ing) (?:an?other |a |any )?(?:new |other |more |extra )?branch(?:es)?`),
    read: () => ({ type: 'no-git', verbs: ['branch'] }),
  },
  {
    pattern: all(
      `(?:${not}(?:git )?|no (?:git |direct )*)((?:force.?push(?:es|ing)?|commit|push|rebas|merg|tag|amend|stash|stag|squash|cherry.pick).*)`,
    ),
    read: readGit,
  },
  {
    pattern: all(`${not}(?:run|execut|call|us|invok|start|launch|appl|pass)(?:e|ing|ning|y|ying)?\\s+(.+)`),
    read: readCommand,
  },
  { pattern: all(`${not}(?:touch|mess with)(?:ing)? git`), read: () => ({ type: 'no-command', commands: ['git'] }) },
  // "Don't npm install anything": the program is the verb. "No git commands".
  { pattern: all(`${not}((?:npm|pnpm|yarn|pip|git|docker|brew|apt|cargo|kubectl|terraform) .+)`), read: readCommand },
  {
    pattern: all(
      'no ((?:npm|pip|pip3|yarn|pnpm|brew|apt|cargo|git|docker|sudo|gh|kubectl|terraform) (?:commands?|operations?|stuff|[a-z-]+)|sudo|docker|kubectl|terraform)',
    ),
    read: readCommand,
  },
];
