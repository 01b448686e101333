import { spawn } from 'node:child_process';
import type { PreparedCall, Tool } from '../core/tool.ts';
import type { Event, ToolCall } from '../core/types.ts';

/** A command of the user's that is run at a moment of the session. */
export type Hook = { readonly match?: string | undefined; readonly command: string; readonly timeoutSeconds: number };

export type Hooks = {
  readonly sessionStart: readonly Hook[];
  readonly beforeTool: readonly Hook[];
  readonly afterTool: readonly Hook[];
  readonly sessionEnd: readonly Hook[];
};

export type HookOptions = {
  readonly hooks: Hooks;
  readonly session: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A hook that failed or took too long: told, and otherwise without effect. */
  readonly onWarning: (message: string) => void;
  /** What hooks print for the model: a harness note for its next turn. */
  readonly onNote: (text: string) => void;
};

type Permission = { readonly allowed: boolean; readonly reason: string };
type Permit = (call: ToolCall, tool: Tool, prepared: PreparedCall, signal: AbortSignal) => Promise<Permission>;

export type HookRunner = {
  /** Before the first request; what the hooks print becomes a note for the model. */
  readonly start: () => Promise<void>;
  /** Asks the beforeTool hooks after permissions allowed a call: exit 2 refuses it, and what the hook wrote to stderr is the reason. */
  readonly guard: (permit: Permit) => Permit;
  /** For afterTool hooks, which run beside the loop; what they print with exit 2 becomes a note. */
  readonly listen: (event: Event) => void;
  /** Waits for hooks that still run, then runs those of the end. */
  readonly end: () => Promise<void>;
};

const refusal = 2;
const mostOutput = 10_000;

/** Runs the hooks of a session. Each gets one JSON object on its stdin: event, session, cwd, and for tools name, input and result. */
export function createHooks(options: HookOptions): HookRunner {
  const { hooks } = options;
  const inputs = new Map<string, { name: string; input: unknown }>();
  const running = new Set<Promise<void>>();
  const run = async (
    hook: Hook,
    event: string,
    facts: object,
    signal?: AbortSignal,
  ): Promise<{ code: number; out: string; err: string }> => {
    const end = await runHook(
      hook,
      JSON.stringify({ event, session: options.session, cwd: options.cwd, ...facts }),
      options,
      signal,
    );
    if (end.code !== 0 && !(end.code === refusal && /Tool$/.test(event))) {
      options.onWarning(
        `The ${event} hook \`${hook.command}\` ${end.code === null ? `was ended after ${hook.timeoutSeconds} s` : `failed with exit code ${end.code}`}${end.err === '' ? '' : `: ${end.err}`}`,
      );
    }
    return { ...end, code: end.code ?? 1 };
  };

  return {
    start: async () => {
      for (const hook of hooks.sessionStart) {
        const { code, out } = await run(hook, 'sessionStart', {});
        if (code === 0 && out !== '') options.onNote(out);
      }
    },
    guard: (permit) => async (call, tool, prepared, signal) => {
      const permission = await permit(call, tool, prepared, signal);
      if (!permission.allowed) return permission;
      for (const hook of matching(hooks.beforeTool, tool.name)) {
        const { code, err, out } = await run(hook, 'beforeTool', { tool: tool.name, input: call.input }, signal);
        if (code === refusal)
          return { allowed: false, reason: `A hook of the user's refused it: ${err || out || hook.command}` };
      }
      return permission;
    },
    listen: (event) => {
      if (event.type === 'tool.start') inputs.set(event.callId, { name: event.name, input: event.input });
      if (event.type !== 'tool.end') return;
      const started = inputs.get(event.callId);
      inputs.delete(event.callId);
      const { name, output, isError } = event.result;
      for (const hook of matching(hooks.afterTool, name)) {
        const work = run(hook, 'afterTool', { tool: name, input: started?.input ?? {}, output, isError }).then(
          ({ code, err, out }) => {
            if (code === refusal && (err || out) !== '')
              options.onNote(`A hook of the user's says after ${name}: ${err || out}`);
          },
        );
        running.add(work);
        void work.finally(() => running.delete(work));
      }
    },
    end: async () => {
      await Promise.all(running);
      for (const hook of hooks.sessionEnd) await run(hook, 'sessionEnd', {});
    },
  };
}

/** `edit|write`, with `*` for any letters; a hook without `match` is for all tools. */
function matching(hooks: readonly Hook[], tool: string): Hook[] {
  return hooks.filter(
    ({ match }) => match === undefined || match.split('|').some((part) => matchesName(part.trim(), tool)),
  );
}

function matchesName(pattern: string, name: string): boolean {
  const expression = pattern
    .split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${expression}$`).test(name);
}

/** The end of a hook's command; code null when it was ended for its time. Its whole process group is ended with it, and when the user interrupts. */
function runHook(
  hook: Hook,
  input: string,
  { cwd, env }: HookOptions,
  signal?: AbortSignal,
): Promise<{ code: number | null; out: string; err: string }> {
  return new Promise((resolve) => {
    const child = spawn(hook.command, {
      shell: true,
      cwd,
      env,
      detached: process.platform !== 'win32',
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const said = { out: '', err: '' };
    const timer = setTimeout(() => endGroup(child.pid), hook.timeoutSeconds * 1000);
    const stop = () => endGroup(child.pid);
    signal?.addEventListener('abort', stop, { once: true });
    const finish = (code: number | null) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      resolve({ code, out: said.out.trim(), err: said.err.trim() });
    };
    child.stdout.on('data', (chunk: Buffer) => {
      if (said.out.length < mostOutput) said.out += chunk.toString('utf8');
    });
    child.stderr.on('data', (chunk: Buffer) => {
      if (said.err.length < mostOutput) said.err += chunk.toString('utf8');
    });
    child.once('error', (error) => {
      said.err += error.message;
      finish(127);
    });
    child.once('close', (code) => finish(code));
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
