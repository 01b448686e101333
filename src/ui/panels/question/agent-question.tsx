import type { AgentQuestion, AnswerToQuestion } from '../../../core/questions/agent-question.ts';
import { Words } from '../../components/layout/Words.tsx';
import type { About, Option } from './option.ts';

/** What the model asks: its answers, words of the user's own, and that the model may decide. */
export function agentQuestion(asked: AgentQuestion): About<AnswerToQuestion> {
  const own: Option<AnswerToQuestion> = {
    label: asked.options.length === 0 ? 'Answer' : 'Something else',
    keys: [],
    input: {
      prompt: 'Answer:',
      initial: '',
      keepsLines: true,
      check: (words) => (words === '' ? 'Write an answer, or press Esc.' : undefined),
    },
    answer: (words) => ({ kind: 'words', words }),
  };
  const leave: Option<AnswerToQuestion> = { label: 'Decide yourself', keys: [], answer: () => ({ kind: 'skip' }) };
  const offered = asked.isMultiple ? manyOf(asked) : asked.options.map(oneOf);
  return { title: 'The agent asks', body: <Words>{asked.question}</Words>, options: [...offered, own, leave] };
}

type Offered = AgentQuestion['options'][number];

function oneOf({ label, description }: Offered): Option<AnswerToQuestion> {
  return { label: withWords(label, description), keys: [], answer: () => ({ kind: 'words', words: label }) };
}

/** Options that are marked one by one, and the answer that gives those with a mark. */
function manyOf({ options }: AgentQuestion): Option<AnswerToQuestion>[] {
  const marked = new Set<string>();
  const chosen = () => options.filter(({ label }) => marked.has(label)).map(({ label }) => label);
  const marks = options.map(({ label, description }) => ({
    get label() {
      return `[${marked.has(label) ? 'x' : ' '}] ${withWords(label, description)}`;
    },
    keys: [],
    toggle: () => void (marked.delete(label) || marked.add(label)),
    answer: (): AnswerToQuestion => ({ kind: 'words', words: label }),
  }));
  const give: Option<AnswerToQuestion> = {
    get label() {
      return marked.size === 0 ? 'None of these' : 'That is all';
    },
    keys: [],
    answer: () => ({ kind: 'words', words: chosen().join(', ') || 'None of these' }),
  };
  return [...marks, give];
}

function withWords(label: string, description: string | undefined): string {
  return description ? `${label}: ${description}` : label;
}
