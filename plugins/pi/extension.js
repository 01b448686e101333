// The observer of wink-agent beside pi: tells it of each event, and puts its words before the model. Removed by `wink-agent watch uninstall pi`.
import { askObserver } from '../ask-observer.js';

export default function winkAgentWatch(pi) {
  let words = '';
  let wasKept = false;

  const tell = async (context, event) => {
    const { sessionManager, cwd } = context;
    const answer = await askObserver('pi', { session_id: sessionManager.getSessionId(), cwd, ...event });
    if (answer.kind === 'stop') {
      context.abort();
      if (context.hasUI) context.ui.notify(answer.reason, 'warning');
    }
    return answer;
  };

  const message = (content) => ({ customType: 'wink-agent', content, display: true });
  const textOf = (content) =>
    (Array.isArray(content) ? content : [])
      .filter(({ type }) => type === 'text')
      .map(({ text }) => text)
      .join('\n');

  pi.on('session_start', async ({ reason }, context) => {
    await tell(context, { hook_event_name: 'SessionStart', source: reason });
  });

  pi.on('before_agent_start', async ({ prompt }, context) => {
    words = '';
    wasKept = false;
    const answer = await tell(context, { hook_event_name: 'UserPromptSubmit', prompt });
    return answer.kind === 'context' ? { message: message(answer.text) } : undefined;
  });

  pi.on('message_end', (event) => {
    if (event.message.role === 'assistant') words = textOf(event.message.content);
  });

  pi.on('tool_call', async ({ toolName, toolCallId, input }, context) => {
    const call = { tool_use_id: toolCallId, tool_name: toolName, tool_input: input };
    const answer = await tell(context, { hook_event_name: 'PreToolUse', ...call });
    return answer.kind === 'deny' ? { block: true, reason: answer.reason } : undefined;
  });

  pi.on('tool_result', async ({ toolName, toolCallId, input, content, isError }, context) => {
    const call = { tool_use_id: toolCallId, tool_name: toolName, tool_input: input, assistant_text: words };
    words = '';
    const tool_response = { output: textOf(content), isError };
    const answer = await tell(context, { hook_event_name: 'PostToolUse', ...call, tool_response });
    if (answer.kind === 'context') pi.sendMessage(message(answer.text), { deliverAs: 'steer' });
  });

  // Before the end is reached: what is sent now keeps the turn going.
  pi.on('turn_end', async (event, context) => {
    if (event.toolResults.length > 0 || event.message.stopReason !== 'stop') return;
    const stop = { last_assistant_message: textOf(event.message.content), stop_hook_active: wasKept };
    words = '';
    const answer = await tell(context, { hook_event_name: 'Stop', ...stop });
    if (answer.kind !== 'go-on') return;
    wasKept = true;
    pi.sendMessage(message(answer.reason), { deliverAs: 'steer', triggerTurn: true });
  });

  pi.on('session_compact', async (_, context) => {
    await tell(context, { hook_event_name: 'PreCompact' });
  });

  pi.on('session_shutdown', async (_, context) => {
    await tell(context, { hook_event_name: 'SessionEnd' });
  });
}
