import type { PreparedCall, Tool, ToolOutput } from '../../core/tool.ts';
import type { JsonObject } from '../../core/types.ts';
import type { Hooks } from '../../hooks/hooks.ts';
import { describeCall } from '../../hooks/tool-facts.ts';

/** The tool, with the PostToolUse hooks after each call that worked: what they say is added to its result. `stop` ends the run. */
export function wrapWithHooks(tool: Tool, hooks: Hooks, stop: (reason: string) => void): Tool {
  if (!hooks.has('PostToolUse')) return tool;
  return {
    ...tool,
    prepare: (input, folder) => {
      const prepared = tool.prepare(input, folder);
      if (typeof prepared === 'string') return prepared;
      const run: PreparedCall['run'] = async (context) => {
        const output = await prepared.run(context);
        return output.isError ? output : addAnswers(tool, input, prepared, output);
      };
      return { ...prepared, run };
    },
  };

  async function addAnswers({ name }: Tool, input: JsonObject, prepared: PreparedCall, output: ToolOutput) {
    const called = prepared.effectiveName ?? name;
    const { names, facts } = describeCall(called, prepared.effectiveInput ?? input, prepared.targets);
    const common = { ...facts, tool_response: describeResponse(facts.tool_name, facts.tool_input, output) };
    const answer = await hooks.ask('PostToolUse', names, { common });
    if (answer.stop !== undefined) stop(answer.stop);
    const words = [answer.decision === 'block' ? answer.reason : '', answer.context].filter((each) => each !== '');
    return words.length === 0 ? output : { ...output, output: `${output.output}\n\n[hook: ${words.join(' ')}]` };
  }
}

function describeResponse(name: string, input: JsonObject, { output }: ToolOutput): JsonObject {
  if (name === 'Bash') return { stdout: output, stderr: '', interrupted: false };
  return typeof input.file_path === 'string' ? { filePath: input.file_path, success: true, output } : { output };
}
