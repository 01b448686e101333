import { tools as ownTools } from '../../../tools/index.ts';
import type { Tool } from '../../core/tool.ts';
import { makeAskUserTool } from '../calls/ask-user-tool.ts';
import { openSubagents } from '../subagents/open-subagents.ts';
import type { Subagents } from '../subagents/subagents.ts';
import type { SessionParts } from './session-parts.ts';

export type Toolbox = { readonly tools: readonly Tool[]; readonly subagents: Subagents | undefined };

/** The tools of a session: our own, the caller's, those of skills and servers, and the one that starts subagents. */
export function openToolbox(parts: SessionParts): Toolbox {
  const { base, extensions, gate, checks } = parts;
  const wrapTool = (tool: Tool) => gate.points.wrapTool(checks.wrapTool(tool));
  const askUser = makeAskUserTool({
    ask: base.options.askQuestion,
    emit: base.emit,
    notify: (message) => gate.points.notify('elicitation_dialog', message),
  });
  const tools = [...ownTools, askUser, ...(base.options.ownTools ?? []), ...extensions.tools].map(wrapTool);
  const subagents = openSubagents(parts);
  return { tools: subagents ? [...tools, wrapTool(subagents.makeTool(tools))] : tools, subagents };
}
