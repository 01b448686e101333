import * as z from 'zod';
import type { Emit } from '../../core/event.ts';
import type { AgentQuestion, AnswerToQuestion, AskQuestion } from '../../core/questions/agent-question.ts';
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
  const answers: AnswerToQuestion[] = [];
  for (const [index, each] of asked.entries()) {
    const answer = await ask({ callId, index, question: each }, signal);
    signal.throwIfAborted();
    if (answer.kind === 'unable') throw new ToolError('denied', answer.reason || nobody);
    answers.push(answer);
  }
  const words = answers.map((answer) => (answer.kind === 'words' ? answer.words : undefined));
  return {
    output: describeAnswers(asked, words),
    view: {
      kind: 'list',
      title: 'answers',
      items: asked.map((each, index) => `${each.question} ${words[index] ?? '(left to the model)'}`),
    },
  };
}

function toQuestion({ question: text, options, multiple }: Input['questions'][number]): AgentQuestion {
  const labels = options.map(({ label }) => label);
  const different = options.filter(({ label }, index) => labels.indexOf(label) === index);
  return { question: text.trim(), options: different, isMultiple: multiple === true && different.length > 1 };
}

function describeAnswers(asked: readonly AgentQuestion[], words: readonly (string | undefined)[]): string {
  const answered = asked.flatMap((each, index) =>
    words[index] === undefined ? [] : [`"${each.question.replaceAll('"', "'")}"="${words[index]}"`],
  );
  const open = asked.filter((_, index) => words[index] === undefined);
  const left = `The user leaves ${open.length === asked.length ? 'it' : open.map((each) => `'${each.question}'`).join(', ')} to you: take the likeliest reading and go on.`;
  if (answered.length === 0) return left;
  const first = `User has answered your questions: ${answered.join(', ')}.`;
  return open.length === 0 ? first : `${first}\n${left}`;
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
