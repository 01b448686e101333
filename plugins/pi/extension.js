// The observer of wink-agent beside pi: tells it of each event, and puts its words before the model. Removed by `wink-agent watch uninstall pi`.
import { askObserver, askObserverNow } from '../ask-observer.js';

export default function winkAgentWatch(pi) {
  let words = '';
  let wasKept = false;

  const eventOf = ({ sessionManager, cwd }, event) => ({ session_id: sessionManager.getSessionId(), cwd, ...event });

  const tell = async (context, event) => {
    const answer = await askObserver('pi', eventOf(context, event));
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

  // pi does not wait for what is done here, and the turn ends when nothing was queued by then: so the end is asked about at once.
  pi.on('message_end', (event, context) => {
    if (event.message.role !== 'assistant') return;
    const { content, stopReason } = event.message;
    words = textOf(content);
    if (stopReason !== 'stop' || content.some(({ type }) => type === 'toolCall')) return;
    const stop = { hook_event_name: 'Stop', last_assistant_message: words, stop_hook_active: wasKept };
    words = '';
    const answer = askObserverNow('pi', eventOf(context, stop));
    if (answer.kind !== 'go-on') return;
    wasKept = true;
    pi.sendMessage(message(answer.reason), { deliverAs: 'steer', triggerTurn: true });
  });

  pi.on('tool_call', async ({ toolName, toolCallId, input }, context) => {
    const call = { tool_use_id: toolCallId, tool_name: toolName, tool_input: input };
    const answer = await tell(context, { hook_event_name: 'PreToolUse', ...call, can_ask: context.hasUI });
    const isAllowed = answer.kind === 'ask' && (await context.ui.confirm('Is this call allowed?', answer.reason));
    const isRefused = answer.kind === 'deny' || (answer.kind === 'ask' && !isAllowed);
    return isRefused ? { block: true, reason: answer.reason } : undefined;
  });

  pi.on('tool_result', async ({ toolName, toolCallId, input, content, isError }, context) => {
    const call = { tool_use_id: toolCallId, tool_name: toolName, tool_input: input, assistant_text: words };
    words = '';
    const tool_response = { output: textOf(content), isError };
    const answer = await tell(context, { hook_event_name: 'PostToolUse', ...call, tool_response });
    if (answer.kind === 'context') pi.sendMessage(message(answer.text), { deliverAs: 'steer' });
  });

  pi.on('session_compact', async (_, context) => {
    await tell(context, { hook_event_name: 'PreCompact' });
  });

  pi.on('session_shutdown', async (_, context) => {
    await tell(context, { hook_event_name: 'SessionEnd' });
  });
}
