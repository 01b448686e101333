/** The slash commands of the screen. */
export const builtInCommands: ReadonlySet<string> = new Set([
  'approval',
  'aside',
  'clear',
  'commit',
  'compact',
  'context',
  'copy',
  'cost',
  'diff',
  'export',
  'help',
  'init',
  'jobs',
  'learn',
  'mcp',
  'model',
  'quit',
  'redo',
  'resume',
  'review',
  'rewind',
  'rules',
  'sessions',
  'shadow',
  'skills',
  'theme',
  'undo',
  'vim',
  'wink',
]);

/** Those that many people have a command or a skill of their own for: theirs takes the place of ours. */
const replaceable: ReadonlySet<string> = new Set(['commit', 'review']);

/** Names that no command of the user's can have: it would never be reached. */
export const reservedCommands: ReadonlySet<string> = new Set(
  [...builtInCommands].filter((name) => !replaceable.has(name)),
);
