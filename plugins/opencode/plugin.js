// The observer of wink-agent beside opencode: tells it of each event, and puts its words before the model. Removed by `wink-agent watch uninstall opencode`.
import { askObserver } from '../ask-observer.js';

const newSession = (root) => ({
  /** The session of which it is a subagent's, or itself. */
  root,
  /** Resolves when the last event was answered. */
  last: Promise.resolve(),
  due: [],
  reminders: [],
  assistant: new Set(),
  words: new Map(),
  told: new Set(),
  denied: new Set(),
  /** What the user's last message was sent with: agent and model. */
  manner: {},
  /** The turn was kept from ending once; the next message is the observer's. */
  wasKept: false,
  isOwn: false,
});

export const WinkAgentWatch = async ({ client, directory }) => {
  const sessions = new Map();
  const find = (id) => {
    if (!sessions.has(id)) sessions.set(id, newSession(id));
    return sessions.get(id);
  };

  /** Events of one session are told one after the other; nobody waits who need not. */
  const tell = (id, event) => {
    const session = find(id);
    const ids = session.root === id ? { session_id: id } : { session_id: session.root, agent_id: id };
    session.last = session.last.then(async () => {
      const answer = await askObserver('opencode', { ...ids, cwd: directory, ...event });
      if (answer.kind === 'context') session.due.push(answer.text);
      if (answer.kind === 'stop') await stop(id, answer.reason);
      return answer;
    });
    return session.last;
  };

  const show = (message) => client.tui?.showToast?.({ body: { message, variant: 'warning' } }).catch(() => {});

  const stop = async (id, reason) => {
    await client.session.abort({ path: { id } }).catch(() => {});
    await show(reason);
  };

  /** The model's words since the last time, of all its messages. */
  const takeWords = ({ words, told }) => {
    const fresh = [...words].filter(([part]) => !told.has(part));
    for (const [part] of fresh) told.add(part);
    return fresh.map(([, text]) => text).join('\n');
  };

  const endTurn = async (id) => {
    const session = find(id);
    const last_assistant_message = takeWords(session);
    const isAgain = session.wasKept;
    session.wasKept = false;
    const answer = await tell(id, { hook_event_name: 'Stop', last_assistant_message, stop_hook_active: isAgain });
    if (answer.kind !== 'go-on') return;
    session.wasKept = true;
    session.isOwn = true;
    const parts = [{ type: 'text', text: answer.reason }];
    // Nobody waits here for the whole turn that this begins.
    await client.session.promptAsync({ path: { id }, body: { ...session.manner, parts } }).catch(() => {});
  };

  const notePart = (part) => {
    const session = find(part.sessionID);
    if (part.type === 'text' && session.assistant.has(part.messageID)) session.words.set(part.id, part.text);
    // A tool that throws has no other event.
    if (part.type !== 'tool' || part.state.status !== 'error' || session.told.has(part.callID)) return;
    session.told.add(part.callID);
    const call = { tool_use_id: part.callID, tool_name: part.tool, tool_input: part.state.input };
    if (!session.denied.has(part.callID))
      void tell(part.sessionID, { hook_event_name: 'PostToolUseFailure', ...call, error: part.state.error });
  };

  const listen = {
    'session.created': ({ info }) => {
      if (info.parentID) find(info.id).root = find(info.parentID).root;
    },
    'message.updated': ({ info }) => {
      if (info.role === 'assistant') find(info.sessionID).assistant.add(info.id);
    },
    'message.part.updated': ({ part }) => notePart(part),
    'session.idle': ({ sessionID }) => void endTurn(sessionID),
    'session.compacted': ({ sessionID }) => {
      void tell(sessionID, { hook_event_name: 'PreCompact' });
      // The next request gets what this is answered with.
      void tell(sessionID, { hook_event_name: 'SessionStart', source: 'compact' });
    },
    'session.deleted': ({ info }) => {
      void tell(info.id, { hook_event_name: 'SessionEnd' });
      sessions.delete(info.id);
    },
  };

  return {
    event: async ({ event }) => listen[event.type]?.(event.properties),
    'chat.message': async ({ sessionID, agent, model, variant }, { parts }) => {
      const session = find(sessionID);
      session.manner = { ...(agent ? { agent } : {}), ...(model ? { model } : {}), ...(variant ? { variant } : {}) };
      // Words of the observer that keep a turn from ending are not the user's.
      if (session.isOwn) session.isOwn = false;
      else {
        const prompt = parts.filter(({ type, synthetic }) => type === 'text' && !synthetic).map(({ text }) => text);
        // `opencode run` puts a prompt of several words into quotation marks.
        const said = prompt.join('\n').replace(/^"([\s\S]*)"$/, '$1');
        await tell(sessionID, { hook_event_name: 'UserPromptSubmit', prompt: said });
      }
    },
    'tool.execute.before': async ({ tool, sessionID, callID }, { args }) => {
      const call = { tool_use_id: callID, tool_name: tool, tool_input: args };
      const answer = await tell(sessionID, { hook_event_name: 'PreToolUse', ...call });
      if (answer.kind !== 'deny') return;
      find(sessionID).denied.add(callID);
      throw new Error(answer.reason);
    },
    'tool.execute.after': async ({ tool, sessionID, callID, args }, { output, metadata }) => {
      const session = find(sessionID);
      const call = { tool_use_id: callID, tool_name: tool, tool_input: args, assistant_text: takeWords(session) };
      const tool_response = { output: String(output ?? ''), exit_code: metadata?.exit ?? 0 };
      await tell(sessionID, { hook_event_name: 'PostToolUse', ...call, tool_response });
    },
    /** Each reminder stays behind the message after which it was due, so that the provider's cache holds. */
    'experimental.chat.messages.transform': async (_, { messages }) => {
      const last = messages.at(-1);
      const session = last && sessions.get(last.info.sessionID);
      if (!session) return;
      await session.last;
      for (const text of session.due.splice(0)) {
        session.reminders.push({ after: last.info.id, text });
        void show(text);
      }
      for (const [index, { after, text }] of session.reminders.entries()) {
        const at = messages.findIndex(({ info }) => info.id === after);
        const user = messages.findLast(({ info }) => info.role === 'user');
        if (at === -1 || !user) continue;
        const id = `${after}_wink${index}`;
        const part = { id: `prt_wink${index}`, sessionID: user.info.sessionID, messageID: id, type: 'text', text };
        // Behind those that came for the same message before it.
        let place = at + 1;
        while (messages[place]?.info.id.startsWith(`${after}_wink`)) place += 1;
        messages.splice(place, 0, { info: { ...user.info, id }, parts: [{ ...part, synthetic: true }] });
      }
    },
  };
};
