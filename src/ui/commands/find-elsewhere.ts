/** What other agents have a command for, and where it is done here. */
const elsewhere: Readonly<Record<string, string>> = {
  'add-dir': 'leave and go on with `wink-agent --continue --add-dir DIR`',
  agents: 'agents of your own are Markdown files in `~/.wink/agents`; the model starts them for parts of a task',
  approvals: '/approval sets what needs a yes, /rules lists what was granted',
  background: 'commands go to the background when the model starts them so; /jobs lists and ends them',
  branch: '/rewind goes back to an earlier message, and /resume to another session',
  bug: '/export writes the conversation to a file, keys taken out, for a report',
  config: '`wink-agent config` outside of the screen shows and changes settings',
  doctor: 'leave and run `wink-agent doctor`',
  effort: '`wink-agent config set reasoningEffort high` sets it',
  hooks: 'hooks are set in `~/.wink/config.json`',
  ide: '`wink-agent acp` runs it inside an editor',
  keybindings: 'keys are set in `~/.wink/config.json`, under `ui.keys`; /help lists the usual ones',
  login: 'leave and run `wink-agent login PROVIDER` to give a key, then `wink-agent --continue`',
  logout: 'leave and run `wink-agent doctor`, which shows where the key is kept',
  mcp: 'no MCP server is configured here: `wink-agent mcp add` adds one',
  memory: '/learn keeps a rule in AGENTS.md',
  mention: 'write @ and a part of a name to attach a file',
  plan: 'Shift+Tab or `/approval plan` makes it plan before it changes anything',
  plugin: 'there are no plugins; skills, agents, hooks and MCP servers each have a folder or a setting of their own',
  'release-notes': 'CHANGELOG.md of wink-agent lists what is new',
  sandbox: 'leave and run `wink-agent doctor`, which shows whether commands are confined',
  'security-review': '/review reviews what has changed; ask in words for a look at its security',
  skills: 'no skill is there: a skill is a folder with a SKILL.md in `~/.wink/skills`',
  status: '/context and /cost show what a session takes',
  statusline: 'a line of your own is set in `~/.wink/config.json`, under `ui.statusLine`',
  stop: 'Esc ends the run, /jobs ends what runs in the background',
  'terminal-setup': 'nothing is to be set up: Ctrl+J or \\ Enter begins a new line in any terminal',
  todos: 'the to-do list is shown above the composer while the agent works',
};

/** Other names that people know for the same. */
const alike: Readonly<Record<string, string>> = {
  allowed: 'approvals',
  bg: 'background',
  feedback: 'bug',
  fork: 'branch',
  keymap: 'keybindings',
  plugins: 'plugin',
  reasoning: 'effort',
  settings: 'config',
  think: 'effort',
  todo: 'todos',
};

/** Where a command of another agent is done here; undefined when nothing is known of it. */
export function findElsewhere(name: string): string | undefined {
  const known = alike[name] ?? name;
  return Object.hasOwn(elsewhere, known) ? elsewhere[known] : undefined;
}
