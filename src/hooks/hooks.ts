import { spawn } from 'node:child_process';
import type { JsonObject } from '../core/types.ts';

export type Hook = { readonly match?: string | undefined; readonly command: string; readonly timeoutSeconds: number };

export type HookSettings = {
  readonly sessionStart: readonly Hook[];
  readonly beforeTool: readonly Hook[];
  readonly afterTool: readonly Hook[];
  readonly sessionEnd: readonly Hook[];
};

export type Hooks = {
  /** Asks the hooks of this kind for a tool; the words of the one that says no (exit 2), else undefined. The one hook that is waited for. */
  readonly beforeTool: (tool: string, facts: JsonObject) => Promise<string | undefined>;
  /** Starts the hooks of this kind and does not wait. */
  readonly tell: (kind: 'sessionStart' | 'afterTool' | 'sessionEnd', facts: JsonObject) => void;
  /** Ends what still runs; hooks of the session's end get their time, at most `seconds`. */
  readonly close: (seconds: number) => Promise<void>;
};

const noAnswer = 2;
const maxWordsLength = 2000;

/**
 * The user's own commands at points of a session. Each gets the facts as one line of JSON on stdin and runs in `cwd`. What goes wrong
 * with one is told by `onFault` and changes nothing else.
 */
export function createHooks(settings: HookSettings, cwd: string, onFault: (message: string) => void): Hooks {
  const running = new Set<Promise<unknown>>();
  const stops = new Set<() => void>();

  const run = async (hook: Hook, facts: JsonObject): Promise<{ code: number | null; words: string }> => {
    const child = spawn('sh', ['-c', hook.command], { cwd, stdio: ['pipe', 'ignore', 'pipe'], detached: true });
    let words = '';
    const stop = () => {
      if (child.pid !== undefined) killGroup(child.pid);
    };
    const timer = setTimeout(stop, hook.timeoutSeconds * 1000);
    stops.add(stop);
    child.stderr.on('data', (chunk: Buffer) => {
      words = (words + chunk.toString('utf8')).slice(0, maxWordsLength);
    });
    child.stdin.on('error', () => {});
    child.stdin.end(`${JSON.stringify(facts)}\n`);
    const code = await new Promise<number | null>((resolve) => {
      child.once('error', () => resolve(null));
      child.once('close', resolve);
    });
    clearTimeout(timer);
    stops.delete(stop);
    return { code, words: words.trim() };
  };

  const complain = (hook: Hook, code: number | null, words: string) =>
    onFault(
      `The hook \`${hook.command}\` ${code === null ? `did not end within ${hook.timeoutSeconds} s or could not be started` : `ended with ${code}`}${words ? `: ${words}` : '.'}`,
    );

  return {
    beforeTool: async (tool, facts) => {
      for (const hook of settings.beforeTool.filter((each) => matches(each, tool))) {
        const { code, words } = await run(hook, { hook: 'beforeTool', tool, ...facts });
        if (code === noAnswer) return words || `the hook \`${hook.command}\` said no.`;
        if (code !== 0) complain(hook, code, words);
      }
      return undefined;
    },
    tell: (kind, facts) => {
      for (const hook of settings[kind].filter((each) => kind !== 'afterTool' || matches(each, String(facts.tool)))) {
        const done = run(hook, { hook: kind, ...facts }).then(({ code, words }) => {
          if (code !== 0) complain(hook, code, words);
          running.delete(done);
        });
        running.add(done);
      }
    },
    close: async (seconds) => {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, seconds * 1000);
      });
      await Promise.race([Promise.all(running), late]);
      clearTimeout(timer);
      for (const stop of stops) stop();
    },
  };
}

/** `edit|write` names tools; without it a hook is for all. */
function matches(hook: Hook, tool: string): boolean {
  return hook.match === undefined || hook.match.split('|').some((name) => name.trim() === tool || name.trim() === '*');
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}
