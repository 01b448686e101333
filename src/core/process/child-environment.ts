/** Keys of model providers, and of this program. */
const keyNames =
  /^(OPENAI|AZURE_OPENAI|ANTHROPIC|CLAUDE|GEMINI|GOOGLE_(AI|GENERATIVE_AI)|OPENROUTER|MISTRAL|GROQ|DEEPSEEK|XAI|TOGETHER|FIREWORKS|CEREBRAS|COHERE|PERPLEXITY|MOONSHOT|KIMI|DASHSCOPE|QWEN|ZAI|NVIDIA|HUGGINGFACE|HF|REPLICATE|WINK)(_[A-Z0-9]+)*_(KEY|TOKEN)$/;

/** Whether a variable holds a key of a model provider, which belongs to the agent and to none of its children. */
export function isProviderKey(name: string): boolean {
  return keyNames.test(name);
}

/** An environment for a child of ours, without the keys of model providers. */
export function withoutKeys(base: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(base).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && !isProviderKey(entry[0]),
    ),
  );
}

const passedOn =
  /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LC_[A-Z]+|TZ|TMPDIR|TEMP|TMP|TERM|SystemRoot|APPDATA|LOCALAPPDATA|USERPROFILE|ComSpec|PATHEXT)$/i;

/** An environment for a child that needs nothing of the user's: where programs and the home folder are, and the language. */
export function bareEnvironment(base: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(base).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && passedOn.test(entry[0]),
    ),
  );
}
