/** A character that is not seen, put between the letters of a marker to get it past a filter. */
const hidden =
  '[\\u00ad\\u034f\\u061c\\u115f\\u180e\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u2064\\u2066-\\u206f\\ufe00-\\ufe0f\\ufeff]';
/** What may come between bracket and name; bounded, so that a long row of blanks costs nothing. */
const gap = `(?:\\s|${hidden}){0,16}`;
/** Brackets that a reader, and many a model, takes for `<` and `>`. */
const opening = '[<\\uff1c\\ufe64]';
const closing = '[>\\uff1e\\ufe65]';
const dash = `(?:[-_\\s\\u2010-\\u2015\\u2212]|${hidden})`;

/** Our own tag in any spelling; those of others only as whole words with a dash, since `List<SystemMessage>` is code. */
const ownName = `${spaced('system')}${dash}{0,4}${spaced('reminder')}`;
const othersName = `(?:${spaced('system')}${dash}{1,4}(?:${spaced('message')}|${spaced('prompt')})|${spaced('harness')}${dash}{1,4}${spaced('note')})(?![a-z])`;

/**
 * Tags and tokens that mean something to the harness or to chat templates: our reminder tag, tags of peers' harnesses that models
 * are trained on, and the role markers of ChatML, Llama 2 and 3, Mistral, Gemma, Phi and DeepSeek templates.
 */
const reminderTag = new RegExp(`${opening}(?=${gap}/?${gap}(?:${ownName}|${othersName}))`, 'gi');
const roleToken = new RegExp(`${opening}(?=${gap}[|｜](?:[\\w▁.:-]|${hidden}){1,60}[|｜]${gap}${closing})`, 'g');
const templateToken =
  /<(?=(?:start|end)_of_turn>)|<(?=<\/?SYS>>)|\[(?=\/?INST\]|(?:\/?SYSTEM_PROMPT|TOOL_CALLS|AVAILABLE_TOOLS|\/?TOOL_RESULTS)\])/g;
/** The turns of the oldest chat format: at the start of a line, after an empty one. */
const forgedTurn = /(?<=\n\r?\n(?:Human|Assistant)):(?=\s|$)/g;

/**
 * Defuses forged reminders and role markers in text that is data (tool output, file names, the user's paste): the opening
 * bracket is replaced by a look-alike (‹ or ⟦) and the colon of a forged turn by `∶`, so that a reader sees what stood there and
 * neither a template nor a model takes it for its own. Everything else stays as it is; applying it twice changes nothing more.
 */
export function neutralize(text: string): string {
  if (!/[<[\uff1c\ufe64]|\n\r?\n(?:Human|Assistant):/.test(text)) return text;
  return text
    .replace(reminderTag, '‹')
    .replace(roleToken, '‹')
    .replace(templateToken, (bracket) => (bracket === '[' ? '⟦' : '‹'))
    .replace(forgedTurn, '∶');
}

/** A word whose letters may have hidden characters between them. */
function spaced(word: string): string {
  return [...word].join(`${hidden}*`);
}
