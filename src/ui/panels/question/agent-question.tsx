import { Box } from 'ink';
import type { AgentQuestion, AnswerOrBack, PutQuestion } from '../../../core/questions/agent-question.ts';
import { Words } from '../../components/layout/Words.tsx';
import { useDrawContext } from '../../hooks/use-draw-context.ts';
import type { LineInput } from '../../input/line-input.ts';
import type { About, Option } from './option.ts';

/** What a question holds of an answer that is not given yet: it is there again when the user comes back to it. */
export type Unfinished = { readonly marked: Set<string>; readonly lines: Map<number, LineInput> };

/** What the answer that was given before says already. */
export function newUnfinished({ question: { options, isMultiple }, index, given }: PutQuestion): Unfinished {
  const before = given[index];
  const named = isMultiple && before?.kind === 'words' ? before.words.split(', ') : [];
  const marked = options.map(({ label }) => label).filter((label) => named.includes(label));
  return { marked: new Set(marked), lines: new Map() };
}

/** What the model asks: its answers, words of the user's own, that the model may decide, and the way back to the question before. */
export function agentQuestion(
  put: PutQuestion,
  { marked, lines }: Unfinished,
  takesLines: boolean,
): About<AnswerOrBack> {
  const { question: asked, index, all, given } = put;
  const before = given[index];
  const words = before?.kind === 'words' ? before.words : '';
  const labels = asked.options.map(({ label }) => label);
  const chosen = () => labels.filter((label) => marked.has(label));
  const offered = asked.isMultiple ? manyOf(asked, marked, chosen) : asked.options.map(oneOf);
  const isOwn = (part: string) => part !== '' && part !== noneLabel && !labels.includes(part);
  const ownWords = (asked.isMultiple ? words.split(', ') : [words]).filter(isOwn).join(', ');
  const own: Option<AnswerOrBack> = {
    label: asked.options.length === 0 ? 'Answer' : 'Something else',
    keys: [],
    takesWords: true,
    input: {
      prompt: 'Answer:',
      initial: ownWords,
      keepsLines: true,
      isAlwaysEdited: true,
      check: (text) => (text === '' ? 'Write an answer, or press Esc.' : undefined),
    },
    answer: (text) => ({ kind: 'words', words: [...chosen(), text].join(', ') }),
  };
  const leave: Option<AnswerOrBack> = { label: 'Decide yourself', keys: [], answer: () => ({ kind: 'skip' }) };
  const back: Option<AnswerOrBack> = {
    label: 'Back to the question before',
    keys: ['b'],
    isWayBack: true,
    answer: () => ({ kind: 'back' }),
  };
  return {
    title: all.length === 1 ? 'The agent asks' : `The agent asks: question ${index + 1} of ${all.length}`,
    body: <Asked {...put} />,
    lines,
    options: [...offered, own, leave, ...(index > 0 ? [back] : [])],
    initial: ownWords !== '' && !asked.isMultiple ? offered.length : Math.max(0, labels.indexOf(words)),
    isWritten: offered.length === 0 && !takesLines,
  };
}

/** The question, below those of the same call that are answered. */
function Asked({ question, index, all, given }: PutQuestion) {
  const { glyphs } = useDrawContext();
  return (
    <Box flexDirection="column">
      {all.slice(0, index).map((each, place) => {
        const answer = given[place];
        const words = answer?.kind === 'words' ? answer.words : 'left to the agent';
        return <Words key={place} role="quiet">{`${glyphs.ok} ${each.question} ${words}`}</Words>;
      })}
      <Words>{question.question}</Words>
    </Box>
  );
}

type Offered = AgentQuestion['options'][number];

function oneOf({ label, description }: Offered): Option<AnswerOrBack> {
  return { label: withWords(label, description), keys: [], answer: () => ({ kind: 'words', words: label }) };
}

const noneLabel = 'None of these';

/** Options that are marked one by one, and the answer that gives those with a mark. */
function manyOf(
  { options }: AgentQuestion,
  marked: Set<string>,
  chosen: () => readonly string[],
): Option<AnswerOrBack>[] {
  const marks = options.map(({ label, description }) => ({
    get label() {
      return `[${marked.has(label) ? 'x' : ' '}] ${withWords(label, description)}`;
    },
    keys: [],
    mark: { isOn: () => marked.has(label), flip: () => void (marked.delete(label) || marked.add(label)) },
    answer: (): AnswerOrBack => ({ kind: 'words', words: chosen().join(', ') }),
  }));
  const give: Option<AnswerOrBack> = {
    get label() {
      return marked.size === 0 ? noneLabel : 'That is all';
    },
    keys: [],
    answer: () => ({ kind: 'words', words: chosen().join(', ') || noneLabel }),
  };
  return [...marks, give];
}

function withWords(label: string, description: string | undefined): string {
  return description ? `${label}: ${description}` : label;
}
