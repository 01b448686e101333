/**
 * Tags and tokens that mean something to the harness or to chat templates: our reminder tag, tags of peers' harnesses that models
 * are trained on, and the role markers of ChatML, Llama 2 and 3, Mistral, Gemma, Phi and DeepSeek templates.
 */
const reminderTag = /<(?=\s*\/?\s*(?:system[-_\s]?(?:reminder|message|prompt)|harness[-_\s]?note)\b)/gi;
const roleToken = /<(?=[|｜][\w▁.:-]{1,40}[|｜]>)/g;
const templateToken =
  /<(?=(?:start|end)_of_turn>)|<(?=<\/?SYS>>)|\[(?=\/?INST\]|(?:\/?SYSTEM_PROMPT|TOOL_CALLS|AVAILABLE_TOOLS|\/?TOOL_RESULTS)\])/g;

/**
 * Defuses forged reminders and role markers in text that is data (tool output, file names, the user's paste): the opening
 * bracket is replaced by a look-alike (‹ or ⟦), so that a reader sees what stood there and no template takes it for its own.
 * Everything else stays as it is; applying it twice changes nothing more.
 */
export function neutralize(text: string): string {
  if (!text.includes('<') && !text.includes('[')) return text;
  return text
    .replace(reminderTag, '‹')
    .replace(roleToken, '‹')
    .replace(templateToken, (bracket) => (bracket === '[' ? '⟦' : '‹'));
}
