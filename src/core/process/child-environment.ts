const makers =
  'OPENAI AZURE_OPENAI AZURE_AI ANTHROPIC CLAUDE CODEX GEMINI GOOGLE_AI GOOGLE_GENERATIVE_AI VERTEX OPENROUTER MISTRAL CODESTRAL GROQ DEEPSEEK XAI GROK TOGETHER FIREWORKS CEREBRAS COHERE CO PERPLEXITY PPLX MOONSHOT KIMI DASHSCOPE QWEN ZAI ZHIPU ZHIPUAI BIGMODEL NVIDIA NGC HUGGINGFACE HUGGING_FACE_HUB HF REPLICATE AI_GATEWAY LITELLM PORTKEY HELICONE REQUESTY DEEPINFRA NOVITA NEBIUS SAMBANOVA HYPERBOLIC SILICONFLOW VOLCENGINE ARK HUNYUAN MINIMAX STEPFUN BASETEN LAMBDA INFERENCE OLLAMA LMSTUDIO VLLM AI21 VOYAGE JINA POE COPILOT CURSOR OPENCODE AWS_BEARER BRAVE TAVILY EXA WINK'.split(
    ' ',
  );
/** Keys of model providers, of services of web search, and of this program; headers and addresses for telemetry and requests carry keys as well. */
const keyNames = new RegExp(
  `^(?:(?:${makers.join('|')})(?:_[A-Z0-9]+)*_(?:KEYS?|TOKENS?|HEADERS|SECRET|TOKEN_BEDROCK)|OTEL_EXPORTER_OTLP_(?:[A-Z]+_)?(?:HEADERS|ENDPOINT))$`,
);

/** Whether a variable holds a key of a model provider or a search service, which belongs to the agent and to none of its children. */
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
