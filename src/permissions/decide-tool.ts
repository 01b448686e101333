import type { Target } from '../core/tool.ts';
import type { ToolClass } from '../core/types.ts';
import { findByRule, type PartDecision, type PermissionContext } from './decide-path.ts';
import { matchesHost, matchesMcp, type PermissionRule } from './rules.ts';

export type CalledTool = { readonly name: string; readonly act: ToolClass };

/** A tool is decided by its targets, one without any by what it does. Tools of MCP servers have rules of their own. */
export function decideTool(tool: CalledTool, targets: readonly Target[], context: PermissionContext): PartDecision[] {
  const mcp = /^mcp__(.+?)__(.+)$/.exec(tool.name);
  if (mcp) return [decideMcp(mcp[1]!, mcp[2]!, context)];
  if (targets.length > 0) return [];
  // Without a command it looks at a job of this session, or ends one.
  if (tool.name === 'shell' && tool.act === 'shell')
    return [{ ruling: 'allow', reason: 'A job that was started may be looked at and ended.' }];
  if (tool.act === 'plan' || tool.act === 'read' || tool.act === 'search')
    return [{ ruling: 'allow', reason: `Mode ${context.mode} allows ${tool.name}.` }];
  if (context.mode === 'full') return [{ ruling: 'allow', reason: `Mode full allows ${tool.name}.` }];
  if (context.mode === 'plan' && tool.act !== 'other')
    return [{ ruling: 'deny', reason: `Mode plan only reads, so ${tool.name} is not possible.` }];
  return [{ ruling: 'ask', reason: `Mode ${context.mode} asks before ${tool.name}.` }];
}

function decideMcp(server: string, name: string, context: PermissionContext): PartDecision {
  const shown = `${server}/${name}`;
  const rule = findRule(context, (each) => each.kind === 'mcp' && matchesMcp(each, server, name));
  if (rule) return findByRule(rule, `the tool ${shown}`);
  if (context.mode === 'full') return { ruling: 'allow', reason: `Mode full allows the tool ${shown}.` };
  return {
    ruling: 'ask',
    reason: `Mode ${context.mode} asks before the tool ${shown} of an MCP server.`,
    // A name that a server made up may mean more in a rule than itself.
    ...(/^[\w.-]+\/[\w.-]+$/.test(shown) ? { suggestion: `mcp(${shown})` } : {}),
  };
}

export function decideHost(host: string, context: PermissionContext): PartDecision {
  const rule = findRule(context, (each) => each.kind === 'fetch' && matchesHost(each, host));
  if (rule) return findByRule(rule, host);
  if (context.mode === 'full') return { ruling: 'allow', reason: `Mode full allows connections to ${host}.` };
  return {
    ruling: 'ask',
    reason: `Mode ${context.mode} asks before a connection to ${host}.`,
    suggestion: `web_fetch(${host})`,
  };
}

/** A search sends words to one service, which the user has chosen; a rule that closes the host closes it too. */
export function decideSearch(host: string, context: PermissionContext): PartDecision {
  const covers = (rule: PermissionRule) =>
    rule.kind === 'search' || (rule.kind === 'fetch' && rule.effect !== 'allow' && matchesHost(rule, host));
  const rule = findRule(context, covers);
  if (rule) return findByRule(rule, `a search at ${host}`);
  if (context.mode === 'full') return { ruling: 'allow', reason: `Mode full allows a search at ${host}.` };
  return {
    ruling: 'ask',
    reason: `Mode ${context.mode} asks before words are sent to ${host}.`,
    suggestion: 'web_search',
  };
}

/** The strictest rule that covers something: deny, then ask, then allow. */
function findRule(context: PermissionContext, covers: (rule: PermissionRule) => boolean): PermissionRule | undefined {
  const covering = context.rules.filter(covers);
  return (
    covering.find((rule) => rule.effect === 'deny') ?? covering.find((rule) => rule.effect === 'ask') ?? covering[0]
  );
}
