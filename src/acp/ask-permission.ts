import type {
  PermissionOption,
  RequestPermissionOutcome,
  ToolCallContent,
  ToolCallUpdate,
} from '@agentclientprotocol/sdk';
import type { ApprovalChoice, ApprovalRequest } from '../core/questions/approval.ts';
import { reveal, revealLine, revealName } from '../core/questions/reveal.ts';
import type { DiffView } from '../core/screen/result-view.ts';
import { diffContent, kindOf } from './updates.ts';

/** A question of the agent as an editor shows it: the whole command or the whole change, and what a yes for the session would cover. */
export function describeQuestion(
  question: ApprovalRequest,
  cwd: string,
): { toolCall: ToolCallUpdate; options: PermissionOption[] } {
  const { callId, name, title, subagent, directory, input, command, reason, view, suggestedRule } = question;
  const shown =
    view?.kind === 'diff'
      ? [diffContent(revealLines(view), cwd)]
      : view?.kind === 'patch'
        ? view.files.flatMap((file) => describeFile(file, cwd))
        : [textContent(reveal(command ?? JSON.stringify(input, null, 2)))];
  const whose = subagent === undefined ? '' : `For the subagent ${revealName(subagent)}: `;
  const why = textContent(`${whose}${reveal(reason)} In ${revealName(directory)}.`);
  return {
    toolCall: {
      toolCallId: callId,
      title: `${whose}${reveal(command ?? (title || name))}`,
      kind: kindOf(name, input),
      status: 'pending',
      content: [...shown, why],
      rawInput: input,
    },
    options: [
      { optionId: 'once', name: 'Yes, once', kind: 'allow_once' },
      ...(suggestedRule
        ? [
            {
              optionId: 'session',
              name: `Yes, and don't ask again this session for ${suggestedRule}`,
              kind: 'allow_always' as const,
            },
          ]
        : []),
      { optionId: 'deny', name: 'No', kind: 'reject_once' },
    ],
  };
}

/**
 * One of several files: its name, what becomes of it and where its lines stand, in words, since a diff of the protocol is a whole file's text
 * before and after; then these, where there are any.
 */
function describeFile(file: DiffView, cwd: string): ToolCallContent[] {
  const facts = [file.fate, `+${file.added} -${file.removed}`, placesOf(file)].filter((fact) => fact !== undefined);
  const head = textContent(`${revealName(file.title)}: ${facts.join(', ')}`);
  return file.lines.length === 0 ? [head] : [head, diffContent(revealLines(file), cwd)];
}

/** Which lines of a file that stays are shown. */
function placesOf({ lines, fate }: DiffView): string | undefined {
  if (/^(new|deleted)\b/.test(fate ?? '')) return undefined;
  const ranges: { first: number; last: number }[] = [];
  for (const at of lines.flatMap((line) => line.new ?? [])) {
    const range = ranges.at(-1);
    if (range && at === range.last + 1) range.last = at;
    else ranges.push({ first: at, last: at });
  }
  const shown = ranges.map(({ first, last }) => `${first}-${last}`).join(', ');
  return shown === '' ? undefined : `only its lines ${shown} are shown`;
}

function revealLines(view: DiffView): DiffView {
  return { ...view, lines: view.lines.map((line) => ({ ...line, text: revealLine(line.text) })) };
}

function textContent(text: string): ToolCallContent {
  return { type: 'content', content: { type: 'text', text } };
}

/** Whatever is not a clear yes to what was offered is a no. */
export function readPermissionAnswer(outcome: RequestPermissionOutcome, question: ApprovalRequest): ApprovalChoice {
  if (outcome.outcome !== 'selected') return { kind: 'deny' };
  if (outcome.optionId === 'once') return { kind: 'once' };
  if (outcome.optionId === 'session' && question.suggestedRule !== undefined)
    return { kind: 'session', rule: question.suggestedRule };
  return { kind: 'deny' };
}
