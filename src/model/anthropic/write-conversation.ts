import type { Note, Trajectory } from '../../core/types.ts';
import { breakpoint, findBreakpoints } from '../request/breakpoints.ts';
import { keepPrefixes } from '../request/kept-prefix.ts';
import { toJson } from '../request/request-json.ts';
import type { Form } from '../request/step-messages.ts';
import { type Block, firstThinkingStep, noteBlocks, openingBlocks, stepBlocks } from './message-blocks.ts';

type Written = { readonly role: Block['role']; readonly block: Block; readonly json: string };

/**
 * Writes a trajectory as the inside of `messages`: neighbouring blocks of one role are one message, and two breakpoints for the prompt
 * cache are at its end and at the end of the request before, so that the cache is found however many blocks a step has brought
 * (the API looks back over 20). What was written for a trajectory is kept and never changes.
 */
export function createConversationWriter(form: Form): (trajectory: Trajectory, notes: readonly Note[]) => string {
  const blocksOf = keepPrefixes<Written[]>(form, {
    open: (_, window) => openingBlocks(window).map(write),
    add: (blocks, step, window, trajectory) => {
      const thinks = step.index >= firstThinkingStep(trajectory, form);
      for (const block of stepBlocks(step, window, form, thinks)) blocks.push(write(block));
    },
  });
  return (trajectory, notes) => joinMessages([...blocksOf(trajectory), ...noteBlocks(notes, form).map(write)]);
}

function write(block: Block): Written {
  return { role: block.role, block, json: toJson(block.content) };
}

function joinMessages(blocks: readonly Written[]): string {
  const marked = findBreakpoints(blocks.map(({ role }) => role));
  let joined = '';
  for (const [index, { role, block, json }] of blocks.entries()) {
    const text = marked.includes(index) ? toJson({ ...block.content, cache_control: breakpoint }) : json;
    if (index > 0 && blocks[index - 1]?.role === role) joined += `,${text}`;
    else joined += `${index === 0 ? '' : ']},'}{"role":"${role}","content":[${text}`;
  }
  return joined === '' ? '' : `${joined}]}`;
}
