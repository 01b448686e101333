import { readCompactions } from '../../core/context-size.ts';
import type { Note, Trajectory } from '../../core/types.ts';
import { breakpoint, findBreakpoints } from '../request/breakpoints.ts';
import { toJson } from '../request/request-json.ts';
import { isSamePrefix, prefixKey, type WrittenSteps } from '../request/serialize.ts';
import type { Form } from '../request/step-messages.ts';
import { type Block, firstThinkingStep, noteBlocks, openingBlocks, stepBlocks } from './message-blocks.ts';

type Written = { readonly role: Block['role']; readonly block: Block; readonly json: string };

type Prefix = WrittenSteps & { readonly blocks: Written[] };

/**
 * Writes a trajectory as the inside of `messages`: neighbouring blocks of one role are one message, and two breakpoints for the prompt
 * cache are at its end and at the end of the request before, so that the cache is found however many blocks a step has brought
 * (the API looks back over 20). What was written for a trajectory is kept and never changes.
 */
export function createConversationWriter(form: Form): (trajectory: Trajectory, notes: readonly Note[]) => string {
  const prefixes = new WeakMap<Trajectory, Prefix>();
  return (trajectory, notes) => {
    const known = prefixes.get(trajectory);
    const prefix = known && isSamePrefix(known, trajectory, form) ? known : startPrefix(trajectory, form);
    prefixes.set(trajectory, prefix);
    extendPrefix(prefix, trajectory, form);
    return joinMessages([...prefix.blocks, ...noteBlocks(notes, form).map(write)]);
  };
}

function startPrefix(trajectory: Trajectory, form: Form): Prefix {
  const window = readCompactions(trajectory.compactions);
  return { key: prefixKey(trajectory, form), blocks: openingBlocks(window).map(write), steps: 0, last: undefined };
}

function extendPrefix(prefix: Prefix, trajectory: Trajectory, form: Form): void {
  const window = readCompactions(trajectory.compactions);
  const thinksFrom = firstThinkingStep(trajectory, form);
  for (const step of trajectory.steps.slice(prefix.steps)) {
    if (step.index < window.fromStep) continue;
    for (const block of stepBlocks(step, window, form, step.index >= thinksFrom)) prefix.blocks.push(write(block));
  }
  prefix.steps = trajectory.steps.length;
  prefix.last = trajectory.steps.at(-1);
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
