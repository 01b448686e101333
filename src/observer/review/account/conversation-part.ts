import type { NormalizedStep } from '../../step/normalized-step.ts';
import { chooseLines } from './choose-lines.ts';
import { clean } from './step-text.ts';

/** What was said between user and agent: the user's words, and with what each earlier turn ended. */
export type Conversation = {
  readonly add: (step: NormalizedStep) => void;
  /** In order; the beginning never changes while there is room, so that it is cached by providers. */
  readonly entries: () => readonly ConversationEntry[];
  /** Entries that are no longer among them. */
  readonly leftOut: () => number;
  /** All words of the user so far, for looking up names. */
  readonly userWords: () => string;
};

/** `summary`: what was carried over from before a compaction; the agent's account of it, not the user's words. */
export type ConversationEntry = {
  readonly from: 'user' | 'agent' | 'summary';
  readonly step: number;
  readonly text: string;
  /** Of the agent: it was still calling tools when the user spoke. */
  readonly isCutOff?: boolean;
};

const userLimit = 5000;
const agentLimit = 500;
/** Of the user, for looking up names. */
const maxWords = 40_000;
/**
 * Together. Above it the oldest after the first fall out until half of it is left, so that the beginning stays the same for a while; what the
 * agent said goes before what the user asked, since an earlier request may still be open.
 */
const room = 7000;

/** `task` comes first, also when the step that began with it is no longer at hand. */
export function createConversation(task: string): Conversation {
  const entries: ConversationEntry[] = [];
  let last: NormalizedStep | undefined;
  let words = task;
  let leftOut = 0;
  if (task.trim() !== '') entries.push(userEntry(task, 0));

  function addClosing(): void {
    if (last === undefined) return;
    const isCutOff = last.calls.length > 0 && last.endsTurn !== true;
    const text = last.text.trim() === '' && isCutOff ? `(a call of ${last.calls[0]!.name})` : last.text;
    if (text.trim() === '') return;
    entries.push({ from: 'agent', step: last.index, text: clean(chooseLines(text, agentLimit, [])), isCutOff });
  }

  /** The first words and the newest stay. */
  function dropOldest(): void {
    const size = (): number => entries.reduce((sum, { text }) => sum + text.length, 0);
    if (size() <= room) return;
    while (entries.length > 2 && size() > room / 2 + (entries[0]?.text.length ?? 0)) {
      const said = entries.findIndex(({ from }, at) => at > 0 && at < entries.length - 1 && from === 'agent');
      entries.splice(said === -1 ? 1 : said, 1);
      leftOut += 1;
    }
  }

  return {
    add: (step) => {
      for (const text of step.userTexts) {
        if (text.trim() === task.trim() && entries.length <= 1) continue;
        words = `${words}\n${text}`.slice(-maxWords);
        addClosing();
        last = undefined;
        entries.push(userEntry(text, step.index));
      }
      dropOldest();
      last = step;
    },
    entries: () => entries,
    leftOut: () => leftOut,
    userWords: () => words,
  };
}

function userEntry(text: string, step: number): ConversationEntry {
  const from = carriedOver.test(text.slice(0, 400)) ? 'summary' : 'user';
  return { from, step, text: clean(chooseLines(text, userLimit, [])) };
}

/** With such words agents begin a context that follows a compaction. */
const carriedOver =
  /^\W*(?:this session is being continued from a previous conversation|(?:here is )?(?:a )?summary of the (?:conversation|session|work) so far|the conversation (?:history )?(?:before this point|so far) was (?:compacted|summari[sz]ed))/i;
