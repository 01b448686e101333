import * as z from 'zod';
import type { Emit } from '../../core/event.ts';
import type { AgentQuestion, AnswerToQuestion, AskQuestion } from '../../core/questions/agent-question.ts';
import { revealLine } from '../../core/questions/reveal.ts';
import type { ResultView } from '../../core/screen/result-view.ts';
import { defineTool, type Tool, type ToolContext, ToolError, type ToolOutput } from '../../core/tool.ts';

const maxQuestions = 4;
const maxOptions = 8;

const option = z.preprocess(
  (value) => (typeof value === 'string' ? { label: value } : value),
  z.object({ label: z.string().min(1), description: z.string().optional() }),
);
const question = z.object({
  question: z.string().min(1).describe('one clear question'),
  options: z.array(option).max(maxOptions).default([]).describe('answers to choose from, the one you would take first'),
  multiple: z.boolean().optional().describe('several of them may be chosen'),
});
const input = z.preprocess(
  asList,
  z.object({ questions: z.array(z.preprocess(plainQuestion, question)).min(1).max(maxQuestions) }),
);
type Input = z.infer<typeof input>;

type Parts = {
  /** Puts a question to the user; without it nobody can be asked. */
  readonly ask: AskQuestion | undefined;
  readonly emit: Emit;
  /** The user is about to be asked. */
  readonly notify: (message: string) => void;
};

const nobody =
  'Nobody can be asked in this run: take the likeliest reading, go on, and name the open question at the end.';

/** The tool by which the model asks the user. What is answered are the user's words, and the observer takes them for that. */
export function makeAskUserTool(parts: Parts): Tool {
  const tool = defineTool({
    name: 'ask_user',
    act: 'plan',
    aliases: [
      'AskUserQuestion',
      'ask_followup_question',
      'request_user_input',
      'ask_human',
      'ask_question',
      'question',
    ],
    input,
    title: ({ questions }) => questions.map((each) => each.question.replace(/\s+/g, ' ')).join(' · '),
    targets: () => [],
    run: (request, context) => askAll(request, context, parts),
  });
  return { ...tool, isAlone: () => true };
}

async function askAll({ questions }: Input, context: ToolContext, { ask, emit, notify }: Parts): Promise<ToolOutput> {
  if (ask === undefined) throw new ToolError('denied', nobody);
  const { callId = '', signal } = context;
  const asked = questions.map(toQuestion);
  notify(`wink-agent asks: ${asked[0]?.question ?? ''}`);
  emit({ type: 'question', callId, questions: asked });
  const answers = await putQuestions(asked, ask, context);
  const view: ResultView = {
    kind: 'list',
    title: 'answers',
    items: asked.map((each, index) => `${each.question} ${describeAnswer(answers[index])}`),
  };
  if (answers.length === asked.length) return { output: describeAnswers(asked, answers), view };
  if (answers.length === 0) signal.throwIfAborted();
  return { output: describeCut(asked, answers), view, isError: true, errorKind: 'aborted' };
}

/** The answers in the order of the questions; fewer than those when the user stopped the run at one. */
async function putQuestions(
  asked: readonly AgentQuestion[],
  ask: AskQuestion,
  { callId = '', signal }: ToolContext,
): Promise<readonly AnswerToQuestion[]> {
  const given: AnswerToQuestion[] = [];
  for (let index = 0; index < asked.length; ) {
    const answer = await ask({ callId, index, question: asked[index]!, all: asked, given: [...given] }, signal);
    if (signal.aborted) return given.slice(0, index);
    if (answer.kind === 'unable') throw new ToolError('denied', answer.reason || nobody);
    if (answer.kind === 'back') index = Math.max(0, index - 1);
    else given[index++] = answer;
  }
  return given;
}

function describeAnswer(answer: AnswerToQuestion | undefined): string {
  if (answer === undefined) return '(not answered)';
  return answer.kind === 'words' ? answer.words : '(left to the model)';
}

/** What is shown is what is answered: signs that a terminal acts on, or that are not seen, are shown in the question, in its answers and to the model. */
function toQuestion({ question: text, options: offered, multiple }: Input['questions'][number]): AgentQuestion {
  const options = offered.map(({ label, description }) => ({
    label: shown(label),
    ...(description === undefined ? {} : { description: shown(description) }),
  }));
  const labels = options.map(({ label }) => label);
  const different = options.filter(({ label }, index) => labels.indexOf(label) === index);
  return { question: shown(text).trim(), options: different, isMultiple: multiple === true && different.length > 1 };
}

function shown(text: string): string {
  return revealLine(text.replaceAll('\r\n', '\n'));
}

function describeAnswers(asked: readonly AgentQuestion[], answers: readonly AnswerToQuestion[]): string {
  const open = asked.filter((_, index) => answers[index]?.kind === 'skip');
  const left = `The user leaves ${open.length === asked.length ? 'it' : open.map((each) => `'${each.question}'`).join(', ')} to you: take the likeliest reading and go on.`;
  const answered = listAnswered(asked, answers);
  if (open.length === 0) return answered;
  return answered === '' ? left : `${answered}\n${left}`;
}

function describeCut(asked: readonly AgentQuestion[], answers: readonly AnswerToQuestion[]): string {
  const cut = `The user interrupted before answering '${asked[answers.length]?.question}'.`;
  return `${describeAnswers(asked.slice(0, answers.length), answers)}\n${cut}`;
}

function listAnswered(asked: readonly AgentQuestion[], answers: readonly AnswerToQuestion[]): string {
  const pairs = asked.flatMap(({ question: text }, index) => {
    const answer = answers[index];
    return answer?.kind === 'words' ? [`"${text.replaceAll('"', "'")}"="${answer.words}"`] : [];
  });
  return pairs.length === 0 ? '' : `User has answered your questions: ${pairs.join(', ')}.`;
}

/** One question without a list around it, as some models write it. */
function asList(raw: unknown): unknown {
  if (typeof raw !== 'object' || raw === null || 'questions' in raw) return raw;
  return 'question' in raw || 'prompt' in raw || 'text' in raw ? { questions: [raw] } : raw;
}

function plainQuestion(raw: unknown): unknown {
  if (typeof raw === 'string') return { question: raw };
  if (typeof raw !== 'object' || raw === null) return raw;
  const {
    question: words,
    prompt,
    text,
    options,
    choices,
    suggest,
    follow_up,
    multiple,
    multiSelect,
  } = {
    ...raw,
  } as Record<string, unknown>;
  return {
    question: words ?? prompt ?? text,
    options: options ?? choices ?? suggest ?? follow_up ?? undefined,
    multiple: multiple ?? multiSelect ?? undefined,
  };
}
