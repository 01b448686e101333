/** What a message in the user's role holds of a person. */
export type PersonWords = {
  /** Empty when the program wrote all of it. */
  readonly words: string;
  /** A plan that the agent had written and that the message asks to carry out. */
  readonly plan?: string;
};

/** Tags in which a program tells its agent what has happened: that a background command has ended, what the user's own command printed. */
const noticeTag =
  /<(task-notification|subagent_notification|teammate-message|bash-(?:input|stdout|stderr))(?:\s[^>]*)?>([\s\S]*?)<\/\1>/gi;

/** What the program tells the agent in a message of the user's role. Of a notification with a summary only that and its result count. */
export function noticesIn(text: string): string[] {
  if (!text.includes('<')) return [];
  return [...text.matchAll(noticeTag)].flatMap(([, tag = '', content = '']) => {
    const parts = ['summary', 'result'].flatMap(
      (name) => new RegExp(`<${name}>([\\s\\S]*?)</${name}>`, 'i').exec(content)?.[1]?.trim() ?? [],
    );
    const said = (parts.length > 0 ? parts.join('\n') : content.replace(/<\/?[\w-]+>/g, ' ')).trim();
    return said === '' ? [] : [/^bash-/i.test(tag) ? `the user's own command (${tag.slice(5)}): ${said}` : said];
  });
}

/** What is left of a message without them. */
export function withoutNotices(text: string): string {
  return text.replace(noticeTag, '').trim();
}

/** Tags in which agents and editors put texts of their own before or behind a person's words. */
const programTags = [
  'system[-_]reminder',
  'system[-_]notification',
  'task-notification',
  'teammate-message',
  'subagent_notification',
  'ide_\\w+',
  'new-diagnostics',
  'environment_\\w+',
  'user_instructions',
  'user_action',
  'instructions',
  'turn_aborted',
  'permissions instructions',
  'collaboration_mode',
  'skills?(?:_\\w+)?',
  'apps_instructions',
  'plugins_instructions',
  'bash-(?:input|stdout|stderr)',
  'local-command-\\w+',
  'command-contents',
  '[\\w-]+-hook',
  'hook_context',
  'current_datetime',
  'extremely_important',
  'session_context',
  'available_\\w+',
  'tick',
  'attachments?',
  'editor_context',
  'open_files',
  'repo_context',
].join('|');

const leadingTag = new RegExp(`^\\s*<(${programTags})(?:\\s[^>]*)?>`, 'i');
const trailingTag = new RegExp(`</(${programTags})>\\s*$`, 'i');

/** Whole messages of the program in the user's role, by their beginning. */
const programMessages: readonly RegExp[] = [
  /^caveat: the messages below were generated/i,
  /^(?:\w+(?::[\w:*-]+)? )?hook (?:feedback|success|error|output|blocking error|additional context)\b/i,
  /^(?:\w+ )?operation (?:stopped|blocked) by hook/i,
  /^tools? loaded\.?\s*$/i,
  /^this session is being continued from a previous conversation/i,
  /^base directory for this skill: /i,
  /^unknown (?:skill|slash command|command): \S+\s*$/i,
  /^# (?:AGENTS|CLAUDE|GEMINI)\.md\b/,
  /^\[image: source: [^\]]*\]\s*$/i,
  /^\{"task_id"\s*:/,
  /^this is the gemini cli\. we are setting up the context/i,
  /^system: please continue\.?\s*$/i,
  /^called the \w+ tool with the following input/i,
];

/** Envelopes whose content is a person's. */
const envelopes: readonly RegExp[] = [
  /^\s*<(user_query|userRequest|user-memory-input|feedback|user_message)>([\s\S]*?)<\/\1>/,
  /()the user sent (?:the following message|a new message while you were working):\n([\s\S]*?)\n\n(?:please address|important: )/i,
  /()^# Context from my IDE setup:[\s\S]*?\n## My request for Codex:\s*\n([\s\S]*)$/,
];

/**
 * The words of a person in a message of the user's role. Notifications, output of hooks and commands, editor tags and texts that a tool
 * loaded are the program's; a plan of the agent's that the person let it carry out is kept apart.
 */
export function personWords(text: string): PersonWords {
  const opened = openEnvelope(text);
  const bare = stripProgram(opened ?? text);
  if (programMessages.some((pattern) => pattern.test(bare))) return { words: '' };
  const command = slashCommand(bare);
  if (command !== undefined) return { words: command };
  return splitPlan(bare.replace(/\n+--- Content from referenced files ---[\s\S]*$/, '').trim());
}

function openEnvelope(text: string): string | undefined {
  for (const envelope of envelopes) {
    const found = envelope.exec(text);
    if (found !== null) return found[2];
  }
  return undefined;
}

/** Without program texts at the beginning and the end; one that was cut off before its end takes all that follows with it. */
function stripProgram(text: string): string {
  let rest = text;
  for (let found = leadingTag.exec(rest); found !== null; found = leadingTag.exec(rest)) {
    const end = `</${found[1]!}>`;
    const at = rest.indexOf(end, found[0].length);
    if (at === -1) return '';
    rest = rest.slice(at + end.length);
  }
  for (let found = trailingTag.exec(rest); found !== null; found = trailingTag.exec(rest)) {
    const at = rest.lastIndexOf(`<${found[1]!}`, found.index);
    if (at === -1) break;
    rest = rest.slice(0, at);
  }
  return rest.trim();
}

/** Commands of the program itself, whose arguments are not words for the agent. */
const programCommands = new Set(
  'add-dir agents allowed-tools bug clear compact config context cost doctor effort exit export fast help hooks ide install-github-app keybindings login logout mcp memory model output-style permissions plugin plugins privacy-settings quit reload-plugins remote-control rename resume rewind skills status statusline stats tasks terminal-setup theme upgrade usage vim'.split(
    ' ',
  ),
);

/**
 * `/name arguments` of a slash command that was sent to the agent; empty for one that the program dealt with itself. undefined when the
 * text is not a record of a slash command. A command for the agent is written with its message first.
 */
function slashCommand(text: string): string | undefined {
  if (!/^\s*<command-(?:name|message|args)>/.test(text)) return undefined;
  const name = /<command-name>\s*\/?([^<]*?)\s*<\/command-name>/.exec(text)?.[1] ?? '';
  const words = /<command-args>([\s\S]*?)<\/command-args>/.exec(text)?.[1]?.trim() ?? '';
  const isForAgent = words !== '' || /^\s*<command-message>/.test(text);
  return isForAgent && !programCommands.has(name.toLowerCase()) ? `/${name} ${words}`.trim() : '';
}

/** The agent's plan in a message that only says to carry it out; what the person added behind it is theirs. */
function splitPlan(text: string): PersonWords {
  const found = /^((?:please )?implement (?:the following|this) plan)[.:]?\s*\n([\s\S]+)$/i.exec(text);
  if (found === null) return { words: text };
  const [body = '', added] = found[2]!.split(
    /\n\s*(?:user feedback on this plan|additional instructions from the user):\s*/i,
  );
  const plan = body.replace(/\n+If you need specific details from before exiting plan mode[\s\S]*$/, '').trim();
  const words = `${found[1]!}.`;
  return { words: added ? `${words}\n\n${added.trim()}` : words, plan };
}
