import type { ObserverPort } from '../../core/observer-port.ts';
import type { Tool, Workspace } from '../../core/tool.ts';
import type { Setup } from '../setup.ts';

/** What looks at edited files for new errors. */
export type EditChecks = {
  readonly wrapTool: (tool: Tool) => Tool;
  /** The loop's other side: what was found last is said before a turn ends. */
  readonly wrapPort: (port: ObserverPort, workspace: Workspace, say: (text: string) => void) => ObserverPort;
  readonly close: () => Promise<void>;
};

const none: EditChecks = { wrapTool: (tool) => tool, wrapPort: (port) => port, close: async () => {} };

/** Language servers and checkers run a repository's own code, so there are none where the user has not trusted it. */
export async function openEditChecks(setup: Setup, onWarning: (message: string) => void): Promise<EditChecks> {
  const { config, repository } = setup.loaded;
  const { enabled, servers, check } = config.diagnostics;
  if (!enabled || !setup.isTrusted || setup.isThrowAway) return none;
  const { openDiagnostics } = await import('../../diagnostics/open-diagnostics.ts');
  const diagnostics = openDiagnostics({
    root: repository,
    cwd: setup.cwd,
    env: setup.env,
    servers: Object.entries(servers).map(([name, { initializationOptions, ...settings }]) => ({
      name,
      ...settings,
      ...(initializationOptions ? { initializationOptions } : {}),
    })),
    check,
    onWarning,
  });
  return {
    wrapTool: diagnostics.wrapTool,
    wrapPort: (port, workspace, say) => ({
      ...port,
      settle: async (signal) => {
        const words = await diagnostics.takeLast(workspace, signal);
        if (words !== undefined) say(words);
        await port.settle(signal);
      },
    }),
    close: diagnostics.close,
  };
}
