import { describe, expect, it } from 'vitest';
import { createUntouchedTask } from '../../../src/observer/detectors/turn-end/untouched-task.ts';
import { call, shell, signalsOf, steps } from './steps.ts';

const evidence = (...run: Parameters<typeof steps>) =>
  signalsOf(createUntouchedTask(), steps(...run)).map((signal) => signal.evidence);
const edit = (path: string) => call('edit', { path, old_string: 'a', new_string: 'b' });
const list = (status: string, content = 'Add the filter to src/metadata.ts') =>
  call('TodoWrite', { todos: [{ content, status }] });

describe('untouched-task', () => {
  it('finds a task that is marked as done and whose file nothing has changed', () => {
    expect(evidence(list('in_progress'), edit('src/a.ts'), list('completed'))).toEqual([
      'the task “Add the filter to src/metadata.ts” was marked as done, and nothing has changed src/metadata.ts',
    ]);
  });

  it('knows tasks that are made and updated one by one, and plans', () => {
    const make = call('TaskCreate', { subject: 'Integrate filter into metadata.go' }, { output: 'Task #7 created' });
    expect(evidence(make, call('TaskUpdate', { taskId: '7', status: 'completed' }))).toHaveLength(1);
    expect(evidence(call('update_plan', { plan: [{ step: 'Update a.py', status: 'completed' }] }))).toHaveLength(1);
  });

  it.each<[string, Parameters<typeof steps>]>([
    ['was edited', [edit('/repo/src/metadata.ts'), list('completed')]],
    ['a shell line names', [shell('sed -i s/a/b/ src/metadata.ts'), list('completed')]],
    ['a patch names', [call('apply_patch', { input: '*** Update File: src/metadata.ts\n-a\n+b' }), list('completed')]],
    ['is one of two', [edit('src/b.ts'), list('completed', 'Update src/a.ts and src/b.ts')]],
    ['is only looked at', [list('completed', 'Review src/metadata.ts')]],
    ['is a document', [list('completed', 'Add a rule for CLAUDE.md files')]],
    ['is still open', [list('pending')]],
  ])('is silent about a file that %s', (_, run) => expect(evidence(...run)).toEqual([]));

  it('says it once for a task', () => {
    expect(evidence(list('completed'), list('completed'))).toHaveLength(1);
  });
});
