import type { JsonObject, Outcome } from '../../core/types.ts';
import type { Place, StudyTrajectory, TrajectoryFormat } from '../input/trajectory.ts';
import { createBuilder } from './shared/builder.ts';
import { argumentsOf, mentionsKeys, numberOf, objectOf, objectsOf, stringOf, textOf } from './shared/json-fields.ts';

/** SWE-agent's `.traj`: `trajectory` holds action, observation, thought and response a step, `history` the messages. */
export const sweAgentFormat: TrajectoryFormat = {
  name: 'swe-agent',
  unit: 'file',
  recognises: (head, file) =>
    /^\s*\{/.test(head) &&
    /"trajectory"\s*:\s*\[/.test(head) &&
    (mentionsKeys(head, 'action', 'observation') || /\.traj(?:\.gz)?$/.test(file)),
  parse: readTraj,
};

function readTraj(text: string, place: Place): readonly StudyTrajectory[] {
  const whole = objectOf(JSON.parse(text));
  const history = objectsOf(whole.history).filter((message) => message.is_demo !== true && message.isDemo !== true);
  const steps = objectsOf(whole.trajectory).filter((step) => 'action' in step);
  const builder = createBuilder();
  builder.addUser(textOf(history.find((message) => message.role === 'user')?.content));
  const answers = history.filter((message) => message.role === 'assistant');
  steps.forEach((step, index) => {
    const action = (stringOf(step.action) ?? '').trim();
    const thought = stringOf(step.thought) ?? '';
    const call = readToolCall(answers.length === steps.length ? answers[index] : undefined) ?? parseAction(action);
    builder.addAnswer({
      text: thought !== '' ? thought : (stringOf(step.response) ?? ''),
      calls: action === '' && call.name === 'bash' ? [] : [{ id: `step ${index}`, ...call }],
    });
    const output = textOf(step.observation);
    builder.addResult(`step ${index}`, { output, isError: looksFailed(output) });
  });
  const info = objectOf(whole.info);
  addUsage(objectOf(info.model_stats), builder);
  return [
    builder.build(place, {
      agent: 'SWE-agent',
      id: stringOf(whole.instance_id),
      outcome: outcomeOf(stringOf(info.exit_status)),
    }),
  ];
}

function readToolCall(answer: JsonObject | undefined): { name: string; input: JsonObject } | undefined {
  const call = objectOf(objectsOf(answer?.tool_calls)[0]?.function);
  return typeof call.name === 'string' ? { name: call.name, input: argumentsOf(call.arguments) } : undefined;
}

const ownCommands = new Set([
  ...[
    'open',
    'goto',
    'scroll_up',
    'scroll_down',
    'create',
    'edit',
    'insert',
    'search_dir',
    'search_file',
    'find_file',
    'submit',
  ],
  ...['str_replace_editor', 'view_image', 'filemap', 'exit_forfeit', 'undo_edit'],
]);

/** A text action: one of the agent's own commands by its first word, or a shell command. */
function parseAction(action: string): { name: string; input: JsonObject } {
  const words = action.split(/\s+/, 3);
  const name = words[0] ?? '';
  if (name === 'str_replace_editor') {
    return { name, input: { command: words[1] ?? '', path: words[2] ?? '', text: action } };
  }
  if (!ownCommands.has(name)) return { name: 'bash', input: { command: action } };
  const hasPath = ['open', 'create', 'filemap', 'view_image'].includes(name);
  return { name, input: hasPath ? { path: words[1] ?? '', text: action } : { text: action } };
}

/**
 * A .traj does not say whether a command failed. These are the agent's own error texts and the shell's; test failures and
 * tracebacks are not among them.
 */
const failures =
  /^(?:\/bin\/)?(?:ba|da)?sh: .*(?:not found|syntax error|No such file|unexpected)|^ERROR:|No replacement was performed|^Invalid `\w+` parameter|^Parameter `\w+` is required|Your proposed edit has introduced new syntax error|EXECUTION TIMED OUT|^The command .{0,200} (?:was cancelled because it took|timed out)|^Your command .{0,200}(?:syntax|unterminated)|^(?:ls|cat|cd|grep|find|sed|head|tail|rm|mv|cp): .*(?:No such file or directory|invalid option|cannot access)/im;

function looksFailed(output: string): boolean {
  return failures.test(output.length > 4000 ? output.slice(0, 4000) : output);
}

function addUsage(stats: JsonObject, builder: ReturnType<typeof createBuilder>): void {
  const output = numberOf(stats.tokens_received);
  if (output === undefined) return;
  builder.setUsage({
    inputTokens: numberOf(stats.tokens_sent) ?? 0,
    cachedInputTokens: 0,
    outputTokens: output,
    costUsd: numberOf(stats.instance_cost) || null,
  });
}

function outcomeOf(status: string | undefined): Outcome | undefined {
  if (status === undefined) return undefined;
  if (status === 'submitted') return 'done';
  if (status.includes('exit_cost')) return 'budget';
  return status.includes('exit_context') || status.includes('error') ? 'error' : undefined;
}
