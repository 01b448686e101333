import type { RequestConversation } from './read-request.ts';
import type { Condition, Kinds, Pattern, RequestKind, Scenario, ScenarioRule, ScriptedReply } from './scenario.ts';

/** Words by which the system prompts of wink-agent's parts are known, unless the scenario says otherwise. */
const defaultKinds: Required<Kinds> = {
  judge: { regex: '\\b(judge|verdict|misbehaviour)', flags: 'i' },
  adviser: { regex: '\\b(advise|adviser|advice)\\b', flags: 'i' },
  compaction: { regex: '\\b(compact|summar|hand-over)', flags: 'i' },
};

export type AnswerChoice = { readonly reply: ScriptedReply; readonly turn: number };

/** Keeps a scenario's place: for each request it gives the next reply, undefined when the script has none. */
export function createChooser(scenario: Scenario): (conversation: RequestConversation) => AnswerChoice | undefined {
  const { kinds, rules } = isReplyList(scenario) ? { kinds: {}, rules: [{ replies: scenario }] } : scenario;
  const places = rules.map((rule) => createPlace(rule));
  return (conversation) => {
    for (const [index, rule] of rules.entries()) {
      if (!holds(rule.when ?? {}, conversation, { ...defaultKinds, ...kinds })) continue;
      const choice = places[index]?.();
      if (choice) return choice;
    }
    return undefined;
  };
}

function isReplyList(scenario: Scenario): scenario is readonly ScriptedReply[] {
  return Array.isArray(scenario);
}

function createPlace(rule: ScenarioRule): () => AnswerChoice | undefined {
  let turn = 0;
  let index = 0;
  let given = 0;
  return () => {
    if (index >= rule.replies.length && rule.after === 'restart') index = 0;
    const isOver = index >= rule.replies.length;
    const reply = isOver ? (rule.after === 'repeat' ? rule.replies.at(-1) : undefined) : rule.replies[index];
    if (!reply) return undefined;
    turn += 1;
    given += 1;
    if (!isOver && given >= (reply.times ?? 1)) {
      index += 1;
      given = 0;
    }
    return { reply, turn };
  };
}

function holds(when: Condition, conversation: RequestConversation, kinds: Required<Kinds>): boolean {
  const { userTexts, toolResults } = conversation;
  if (when.kind !== undefined && when.kind !== kindOf(conversation, kinds)) return false;
  if (when.system !== undefined && !matches(when.system, conversation.system)) return false;
  if (when.model !== undefined && !matches(when.model, conversation.model)) return false;
  if (!holdsFor(when.user, userTexts) || !holdsFor(when.toolResult, toolResults)) return false;
  if (!holdsFor(when.lastUser, userTexts.slice(-1)) || !holdsFor(when.lastToolResult, toolResults.slice(-1)))
    return false;
  return when.noUser === undefined || !holdsFor(when.noUser, userTexts);
}

function holdsFor(pattern: Pattern | undefined, texts: readonly string[]): boolean {
  return pattern === undefined || texts.some((text) => matches(pattern, text));
}

function matches(pattern: Pattern, text: string): boolean {
  return typeof pattern === 'string' ? text.includes(pattern) : new RegExp(pattern.regex, pattern.flags).test(text);
}

function kindOf(conversation: RequestConversation, kinds: Required<Kinds>): RequestKind {
  if (conversation.hasTools) return 'agent';
  if (matches(kinds.judge, conversation.system)) return 'judge';
  if (matches(kinds.adviser, conversation.system)) return 'adviser';
  if (matches(kinds.compaction, conversation.system)) return 'compaction';
  return 'other';
}
