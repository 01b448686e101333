import type { Emit, Event } from '../../core/event.ts';
import type { Tool } from '../../core/tool.ts';
import type { ApprovalMode, JsonObject, Step } from '../../core/types.ts';
import type { HookRefusal, JoinedAnswer } from '../../hooks/hook-answer.ts';
import type { Hooks } from '../../hooks/hooks.ts';
import { wrapWithHooks } from './after-call-hooks.ts';
import { createStopHooks } from './stop-hooks.ts';

/** Where a session asks the user's hooks, apart from before a call. */
export type HookPoints = {
  /** Begins those of the session's start; what they add comes before the first request. */
  readonly begin: (source: 'startup' | 'resume' | 'compact', model: string) => void;
  readonly end: (steps: number) => void;
  /** Asks about the user's words; gives why they are not taken. */
  readonly askPrompt: (text: string) => Promise<HookRefusal | undefined>;
  /** The tool with the hooks after its calls. */
  readonly wrapTool: (tool: Tool) => Tool;
  /** Asks whether a turn that ends with this step may end; a hook's no is words for the model. */
  readonly askStop: (last: Step | undefined, signal: AbortSignal) => Promise<void>;
  /** Asks about a compaction; false: it must not be. */
  readonly askCompaction: (trigger: 'auto' | 'manual', focus: string) => Promise<boolean>;
  readonly notify: (kind: 'permission_prompt' | 'idle_prompt' | 'elicitation_dialog', message: string) => void;
  /** Hooks that are only informed: after each call, and of a user who has been away for a minute after a turn. */
  readonly listen: (event: Event) => void;
  /** Asks at the end of a subagent's turn; gives why it must go on. */
  readonly askSubagentStop: (facts: JsonObject) => Promise<HookRefusal | undefined>;
};

type Parts = {
  readonly hooks: Hooks;
  readonly session: string;
  readonly cwd: string;
  readonly isInteractive: boolean;
  readonly emit: Emit;
  /** Words for the model's next request. */
  readonly say: (text: string) => void;
  /** Ends the run. */
  readonly stop: (reason: string) => void;
};

/** Our approval modes by the names that hooks know. */
export const hookModes: Readonly<Record<ApprovalMode, string>> = {
  plan: 'plan',
  ask: 'default',
  edits: 'acceptEdits',
  full: 'bypassPermissions',
};

const idleMs = 60_000;

export function createHookPoints({ hooks, session, cwd, isInteractive, emit, say, stop }: Parts): HookPoints {
  const warn = (message: string) => emit({ type: 'warning', message });
  const tellModel = ({ context, by }: JoinedAnswer) => {
    if (context !== '') say(`${by.context} says: ${context}`);
  };
  let starting: Promise<void> = Promise.resolve();
  let idle: NodeJS.Timeout | undefined;

  const begin: HookPoints['begin'] = (source, model) => {
    const common = { source, model };
    const plain = { hook: 'sessionStart', session, cwd, model };
    starting = hooks
      .ask('SessionStart', [source], source === 'compact' ? { common } : { common, plain })
      .then(tellModel);
  };

  const startIdle = (): void => {
    clearTimeout(idle);
    if (!hooks.has('Notification')) return;
    const message = 'wink-agent is waiting for your input.';
    const common = { message, notification_type: 'idle_prompt', title: 'wink-agent' };
    idle = setTimeout(() => hooks.tell('Notification', ['idle_prompt'], { common }), idleMs).unref();
  };

  return {
    begin,
    end: (steps) => {
      clearTimeout(idle);
      hooks.tell('SessionEnd', ['other'], {
        common: { reason: 'other' },
        plain: { hook: 'sessionEnd', session, cwd, steps },
      });
    },
    askPrompt: async (prompt) => {
      await starting;
      const answer = await hooks.ask('UserPromptSubmit', [], { common: { prompt } });
      const { decision, reason, by } = answer;
      if (answer.stop !== undefined) return { by: by.stop, reason: answer.stop };
      if (decision === 'block') return { by: by.decision, reason: reason || 'it gave no reason.' };
      tellModel(answer);
      return undefined;
    },
    wrapTool: (tool) => wrapWithHooks(tool, hooks, stop),
    askStop: createStopHooks({ hooks, say, warn }),
    askCompaction: async (trigger, focus) => {
      const answer = await hooks.ask('PreCompact', [trigger], { common: { trigger, custom_instructions: focus } });
      return answer.decision !== 'block';
    },
    notify: (kind, message) =>
      hooks.tell('Notification', [kind], { common: { message, notification_type: kind, title: 'wink-agent' } }),
    listen: (event) => {
      if (event.type === 'tool.end') {
        const { name, isError } = event.result;
        hooks.tell('PostToolUse', [name], { plain: { hook: 'afterTool', session, tool: name, isError } });
      }
      if (event.type === 'session.start') clearTimeout(idle);
      if (event.type === 'result' && isInteractive) startIdle();
    },
    askSubagentStop: async (common) => {
      const { decision, reason, by } = await hooks.ask('SubagentStop', [String(common.agent_type ?? '')], { common });
      return decision === 'block' && reason !== '' ? { by: by.decision, reason } : undefined;
    },
  };
}
