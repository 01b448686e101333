import { readGitCommand } from '../shell/program-words.ts';

/** Something that is asked of git or of a forge: the words that ask for it, and the commands, word by word, that do it. */
export type GitRequest = {
  readonly name: string;
  readonly asks: RegExp;
  readonly isDoneBy: (words: readonly string[]) => boolean;
};

const target = /\b(?:main|master|branch|upstream|origin|develop|parent|prs?|#\d+)\b/.source;
const anything = /(?: (?:it|this|that|all|everything|them))?(?: (?:now|please|too|again|directly))*$/.source;

/** The first that fits counts. */
const requests: readonly GitRequest[] = [
  {
    name: 'pull request text',
    asks: /^(?:update|edit|change|fix|adjust|rewrite)\b.{0,25}\b(?:pr|pull request|mr|merge request)(?:['’]s)? (?:description|title|body|text)\b/i,
    isDoneBy: (words) => isForge(words, /^[pm]r$/, /^(?:edit|update)$/),
  },
  {
    name: 'pull request comment',
    asks: /^(?:respond|reply|answer|comment|post)\b.{0,40}\b(?:prs?|pull requests?|mr|review(?:er)?s?|issue)\b/i,
    isDoneBy: (words) =>
      isForge(words, /^(?:[pm]r|issue)$/, /^(?:comment|review|note)$/) ||
      (isForge(words, /^api$/, /comments|reviews|graphql|replies/) &&
        /-f|-F|--field|POST|mutation/.test(words.join(' '))),
  },
  {
    name: 'pull request ready',
    asks: /^(?:open|mark|put|make|set)\b.{0,25}\b(?:for review|ready)\b/i,
    isDoneBy: (words) => isForge(words, /^[pm]r$/, /^(?:ready|create|edit|update|reopen)$/),
  },
  {
    name: 'new pull request',
    asks: /^(?:re-?)?(?:open|create|make|submit|raise|draft|file|send)\b.{0,25}\b(?:pr|pull request|merge request|mr)\b/i,
    isDoneBy: (words) => isForge(words, /^[pm]r$/, /^(?:create|ready|reopen)$/),
  },
  {
    name: 'issue',
    asks: /^(?:create|open|file|raise|update|edit|close|reopen|comment on)\b.{0,25}\b(?:(?:github|gitlab) )?issues?\b(?! (?:template|tracker|list|page))/i,
    isDoneBy: (words) => isForge(words, /^issue$/, /^(?:create|new|edit|update|close|reopen|comment|note)$/),
  },
  {
    name: 'workflow',
    asks: /^(?:re-?)?(?:run|trigger|start)\b.{0,25}\b(?:workflow|pipeline|github action)s?\b/i,
    isDoneBy: (words) => isForge(words, /^(?:workflow|run|ci|pipeline)$/, /^(?:run|rerun|retry|trigger)$/),
  },
  {
    name: 'release',
    asks: /^(?:create|cut|make|publish|draft|tag)\b.{0,25}\b(?:release|version|v\d)/i,
    isDoneBy: (words) =>
      isForge(words, /^release$/, /^create$/) ||
      (isGit(words, /^tag$/) && words.length > 2) ||
      (/^(?:npm|pnpm|yarn|cargo|poetry|uv|twine)$/.test(words[0] ?? '') &&
        /^(?:publish|version|release|upload)$/.test(words[1] ?? '')),
  },
  {
    name: 'worktree removal',
    asks: /^(?:remove|delete|clean(?: up)?|prune|drop)\b.{0,40}\bworktrees?\b/i,
    isDoneBy: (words) => isGit(words, /^worktree$/, /^(?:remove|prune)$/),
  },
  {
    name: 'worktree',
    asks: /^(?:create|make|add|open|set ?up|start)\b.{0,30}\bworktrees?\b/i,
    isDoneBy: (words) => isGit(words, /^worktree$/, /^add$/),
  },
  {
    name: 'branch removal',
    asks: /^(?:remove|delete|clean(?: up)?|prune|drop)\b.{0,40}\bbranch(?:es)?\b/i,
    isDoneBy: (words) =>
      isGit(words, /^branch$/, /^(?:-[dD]|--delete)$/) ||
      isGit(words, /^push$/, /^(?:--delete|-d|:.+)$/) ||
      isGit(words, /^(?:remote|fetch)$/, /^(?:prune|--prune|-p)$/),
  },
  {
    name: 'branch',
    asks: /^(?:create|make|start|open|cut|add|set ?up|switch to|check ?out|use)\b.{0,20}\b(?:a |an |the )?(?:new |separate |fresh |own |orphan |feature |release |fix )+(?:\w+ )?branch\b|^(?:create|make|start|cut)\b.{0,20}\bbranch\b|^branch off\b/i,
    isDoneBy: (words) =>
      isGit(words, /^(?:checkout|switch)$/, /^(?:-[bBcC]|--orphan|--create)$/) ||
      isGit(words, /^worktree$/, /^(?:-[bB]|--orphan)$/) ||
      (isGit(words, /^branch$/) && words.at(-1) !== 'branch' && !words.some((word) => word.startsWith('-'))),
  },
  {
    name: 'switch',
    asks: /^(?:switch|go|check ?out|move|change)\b(?: back)?(?: to)? (?:the )?(?:\S+ )?(?:main|master|develop|trunk|branch)\b/i,
    isDoneBy: (words) => isGit(words, /^(?:checkout|switch)$/),
  },
  {
    name: 'revert',
    asks: /^(?:revert|undo|back out)\b.{0,40}\bcommits?\b/i,
    isDoneBy: (words) => isGit(words, /^(?:revert|reset)$/),
  },
  {
    name: 'cherry-pick',
    asks: /^cherry-?pick\b/i,
    isDoneBy: (words) => isGit(words, /^cherry-pick$/),
  },
  {
    name: 'stash',
    asks: /^stash\b/i,
    isDoneBy: (words) => isGit(words, /^stash$/),
  },
  {
    name: 'clean',
    asks: /^(?:delete|remove|clean(?: up)?)\b.{0,20}\buntracked\b/i,
    isDoneBy: (words) => isGit(words, /^clean$/) || words[0] === 'rm',
  },
  {
    name: 'rebase',
    asks: /^rebase\b/i,
    isDoneBy: (words) => isGit(words, /^rebase$/) || isGit(words, /^pull$/, /^(?:--rebase|-r)/),
  },
  {
    name: 'merge',
    asks: new RegExp(
      `^(?:squash[- ])?merge\\b.{0,40}${target}|^(?:squash[- ])?merge${anything}|^pull\\b(?! (?:out|up|down|into|in) )`,
      'i',
    ),
    isDoneBy: (words) => isGit(words, /^(?:merge|pull)$/) || isForge(words, /^[pm]r$/, /^merge$/),
  },
  {
    name: 'push',
    asks: /^push\b(?! (?:to|into|onto) (?:the )?(?:array|list|stack|queue))/i,
    isDoneBy: (words) => isGit(words, /^push$/),
  },
  {
    name: 'commit',
    asks: /^commit\b(?! (?:message|hash|id|[\da-f]{7,40}))|^(?:make|write|create|do)\b.{0,30}\bcommits?(?: message)?$/i,
    isDoneBy: (words) => isGit(words, /^commit$/),
  },
];

/** What a title asks of git or of a forge; undefined for anything else. */
export function readGitRequest(title: string): GitRequest | undefined {
  return requests.find(({ asks }) => asks.test(title));
}

function isGit(words: readonly string[], verb: RegExp, argument?: RegExp): boolean {
  const git = readGitCommand(words);
  if (git === undefined || !verb.test(git.verb) || git.rest.includes('--abort')) return false;
  return argument === undefined || git.rest.some((word) => argument.test(word));
}

function isForge(words: readonly string[], noun: RegExp, verb: RegExp): boolean {
  return /^(?:gh|glab|hub)$/.test(words[0] ?? '') && noun.test(words[1] ?? '') && verb.test(words[2] ?? '');
}
