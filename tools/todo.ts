import * as z from 'zod';
import { count } from '../src/core/text/count.ts';
import { lookUp } from '../src/core/text/look-up.ts';
import { defineTool, type TodoItem } from '../src/core/tool.ts';

const statuses: Readonly<Record<string, TodoItem['status']>> = {
  pending: 'open',
  todo: 'open',
  not_started: 'open',
  in_progress: 'doing',
  active: 'doing',
  completed: 'done',
  complete: 'done',
  finished: 'done',
};

const item = z.object({ text: z.string().min(1, 'an item needs a text'), status: z.enum(['open', 'doing', 'done']) });

/** Keeps the plan of the session: the whole list each time. */
export const todoTool = defineTool({
  name: 'todo',
  act: 'plan',
  aliases: ['todos', 'todo_write', 'write_todos', 'update_todos', 'update_plan', 'todo_list', 'plan'],
  argumentAliases: { todos: 'items', plan: 'items', tasks: 'items', list: 'items' },
  input: z.preprocess(plainItems, z.object({ items: z.array(item) })),
  title: ({ items }) => describe(items),
  targets: () => [],
  run: async ({ items }, { workspace }) => {
    workspace.todos = items;
    return {
      output: `The list is kept: ${describe(items)}.`,
      view: {
        kind: 'list',
        title: describe(items),
        items: items.map(({ text }) => text),
        done: items.map(({ status }) => status === 'done'),
        doing: items.map(({ status }) => status === 'doing'),
      },
    };
  },
});

function describe(items: readonly TodoItem[]): string {
  const number = (status: TodoItem['status']) => items.filter((each) => each.status === status).length;
  return `${count(items.length, 'item')}: ${number('done')} done, ${number('doing')} doing, ${number('open')} open`;
}

/** Items as models write them: plain texts, other names for the text, other words for the status. */
function plainItems(raw: unknown): unknown {
  if (typeof raw !== 'object' || raw === null || !('items' in raw) || !Array.isArray(raw.items)) return raw;
  return { items: raw.items.map(plainItem) };
}

function plainItem(raw: unknown): unknown {
  if (typeof raw === 'string') return { text: raw, status: 'open' };
  if (typeof raw !== 'object' || raw === null) return raw;
  const { text, content, step, title, description, task, status = 'open' } = { ...raw } as Record<string, unknown>;
  return {
    text: text ?? content ?? step ?? title ?? description ?? task,
    status:
      typeof status === 'string' ? (lookUp(statuses, status.toLowerCase().replace(/[\s-]/g, '_')) ?? status) : status,
  };
}
