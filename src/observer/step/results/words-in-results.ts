import { plainToolName } from '../../../core/classify-tool.ts';
import { isObject, parseJson } from '../../../core/text/json.ts';
import { whyNotRun } from './did-not-run.ts';

/** What comes before a person's words in the result of a call that they declined. */
const introduction =
  /(?:to tell you how to proceed, the user said|the user provided the following reason(?: for the rejection)?|with the following feedback|(?:user )?feedback(?: from the user)?|reason provided by (?:the )?user|the user said(?: no)?)\s*:\s*/i;

/** What agents add behind those words. */
const afterwards =
  /(?:\n+(?:note: the user's next message|\[rerun: )| Find another way, or say what you would need)[\s\S]*$/i;

/** Tools that ask a person something, without case and separators. */
const asking = new Set(
  'askuserquestion askfollowupquestion askuser question requestuserinput askhuman askquestion askquestions'.split(' '),
);

/** Whether a tool of this name asks the person a question. */
export function isQuestion(toolName: string): boolean {
  return asking.has(plainToolName(toolName));
}

/**
 * What a person said within the result of a call: the reason for declining it, or the answers to a question that it asked. These are
 * the user's words as much as a message is. undefined when there are none.
 */
export function wordsInResult(toolName: string, output: string): string | undefined {
  const words = whyNotRun(output) === 'denied' ? wordsOfDecline(output) : answersOf(toolName, output);
  return words === undefined || words.trim() === '' ? undefined : words.trim();
}

function wordsOfDecline(output: string): string | undefined {
  const found = introduction.exec(output);
  if (found === null) return undefined;
  const words = output
    .slice(found.index + found[0].length)
    .replace(afterwards, '')
    .replace(/<\/\w+>\s*$/, '');
  return /^The user wants to clarify these questions/.test(words) ? answersInClarification(words) : words;
}

/** The program's own words about questions that were not taken as asked, with the answers there are. */
function answersInClarification(text: string): string | undefined {
  const answers = [...text.matchAll(/-\s*"([^"]*)"\s*\n\s*(?:answers?|user):\s*(.+)/gi)];
  return answers.length === 0 ? undefined : answers.map(([, question, answer]) => join(question!, answer!)).join('\n');
}

function answersOf(toolName: string, output: string): string | undefined {
  if (!isQuestion(toolName)) return undefined;
  const listed = /^(?:the )?user has answered your questions?:\s*([\s\S]*)$/i.exec(output.trim())?.[1];
  const tail = /(?:\.?\s*You can now continue with|(?<=")\.\nThe user (?:leaves|interrupted) )[\s\S]*$/i;
  if (listed !== undefined) return quotedAnswers(listed.replace(tail, ''));
  const parsed = output.trimStart().startsWith('{') ? parseJson(output) : undefined;
  if (isObject(parsed)) return 'answers' in parsed ? textsOf(parsed.answers).join('\n') : undefined;
  return /^(?:the )?user (?:selected|responded|answered|chose|said|replied)(?: with)?:?\s*([\s\S]*)$/i.exec(
    output.trim(),
  )?.[1];
}

/** `"Question"="Answer", "Question"="Answer"`, with notes behind an answer; a quote inside an answer is not escaped. */
function quotedAnswers(listed: string): string {
  const pairs = [
    ...listed.matchAll(/"([\s\S]*?)"="([\s\S]*?)"(?=\s*(?:,\s*"|\.?\s*$|(?:user )?notes|selected))([^"]*)/g),
  ];
  if (pairs.length === 0) return listed;
  return pairs
    .map(([, question, answer, more]) => {
      const notes = /notes?:\s*([\s\S]*)/i
        .exec(more ?? '')?.[1]
        ?.replace(/,\s*$/, '')
        .trim();
      return join(question!, notes ? `${answer} (${notes})` : answer!);
    })
    .join('\n');
}

function join(question: string, answer: string): string {
  return `${question.trim()} ${answer.trim()}`;
}

/** All texts within a value, at any depth. */
function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsOf);
  return isObject(value) ? Object.values(value).flatMap(textsOf) : [];
}
