import type { HoldProgram } from '../../core/process/held-program.ts';
import type { Tool, Workspace } from '../../core/tool.ts';
import { reachesWorkspace } from '../../permissions/user-lines/reaches-workspace.ts';
import type { Setup } from '../setup.ts';

/** What looks at edited files for new errors. */
export type EditChecks = {
  readonly wrapTool: (tool: Tool) => Tool;
  /** What was found last and is not reported yet, in a workspace; waits a moment for a look that is under way. */
  readonly takeLast: (workspace: Workspace, signal: AbortSignal) => Promise<string | undefined>;
  readonly close: () => Promise<void>;
};

const none: EditChecks = { wrapTool: (tool) => tool, takeLast: async () => undefined, close: async () => {} };

/** Language servers and checkers run a repository's own code, so there are none where the user has not trusted it. */
export async function openEditChecks(
  setup: Setup,
  hold: HoldProgram,
  onWarning: (message: string) => void,
): Promise<EditChecks> {
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
    hold,
    isOfWorkspace: (line) => reachesWorkspace(line, { cwd: repository, home: setup.env.HOME ?? '~', env: setup.env }),
    onWarning,
  });
  return {
    wrapTool: diagnostics.wrapTool,
    takeLast: diagnostics.takeLast,
    close: diagnostics.close,
  };
}
