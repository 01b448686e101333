import { describe, expect, it } from 'vitest';
import { matchTool } from '../../src/core/text/names.ts';

const tools = [
  { name: 'read', aliases: ['read_file', 'view'] },
  { name: 'edit', aliases: ['str_replace', 'view-edit'] },
  { name: 'grep' },
];

describe('matching tool names', () => {
  it.each([
    ['read', 'read'],
    ['READ', 'read'],
    ['ReadFile', 'read'],
    ['read-file', 'read'],
    ['functions.read', 'read'],
    ['tools/grep', 'grep'],
    ['strReplace', 'edit'],
    ['View_Edit', 'edit'],
    ['grep<|constrain|>json', 'grep'],
  ])('takes %s as %s', (name, wanted) => {
    expect(matchTool(name, tools)?.name).toBe(wanted);
  });

  it.each(['rea', 'readd', '', '<|channel|>', 'toString'])('finds no tool for %j', (name) => {
    expect(matchTool(name, tools)).toBeUndefined();
  });

  it('prefers a name to an alias and gives none where two tools have the alias', () => {
    const clashing = [{ name: 'view' }, { name: 'a', aliases: ['view', 'open'] }, { name: 'b', aliases: ['open'] }];
    expect(matchTool('View', clashing)?.name).toBe('view');
    expect(matchTool('open', clashing)).toBeUndefined();
  });
});
