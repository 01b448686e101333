import { describe, expect, it, test } from 'vitest';
import { createDetectors } from '../../../src/observer/detectors/all-detectors.ts';
import { detectorsSchema } from '../../../src/observer/detectors/detector-settings.ts';
import { createRepeatedCall } from '../../../src/observer/detectors/loops/repeated-call.ts';
import { call, firedAt, settings, shell, signalsOf, steps, times } from './steps.ts';

const make = () => createRepeatedCall(settings['repeated-call']);
const look = call('read_file', { path: 'src/cart.ts' }, { output: 'export const cart = []' });

describe('repeated-call', () => {
  it('speaks once, at the third round with the same call and result', () => {
    expect(firedAt(make(), steps(...times(9, look)))).toEqual([2]);
  });

  it('says that nothing was changed in between only when nothing was', () => {
    const evidence = (between: Parameters<typeof steps>[number]) =>
      signalsOf(make(), steps(...times(6, look).flatMap((each) => [each, between]))).at(0)?.evidence;
    expect(evidence(call('grep', { pattern: 'a' }, { output: 'no' }))).toMatch(/nothing was changed in between$/);
    for (const act of [shell('node scripts/migrate.js', 'ok'), call('mcp__db__write', { row: 1 }, { output: 'ok' })])
      expect(evidence(act)).toMatch(/with the same result$/);
  });

  it('names the steps that are its evidence', () => {
    const [signal] = signalsOf(make(), steps(look, look, look));
    expect(signal).toMatchObject({ class: 'infinite-loop', evidenceSteps: [0, 1, 2], confidence: 0.95 });
  });

  it('takes arguments in another order, and a call described in other words, for the same call', () => {
    const first = call('grep', { pattern: 'a', path: 'src', description: 'look for a' });
    const second = call('grep', { path: 'src', pattern: 'a', description: 'look again' });
    expect(firedAt(make(), steps(first, second, first))).toEqual([2]);
  });

  it('compares arguments that an agent keeps in one text', () => {
    const view = (range: string) =>
      call('editor', { command: 'view', path: 'a.py', raw: `view a.py --view_range ${range}` });
    expect(firedAt(make(), steps(view('1 50'), view('51 100'), view('101 150')))).toEqual([]);
  });

  it('leaves out times, durations and temporary names when it compares results', () => {
    const poll = (at: string) =>
      shell('make status', `started ${at}, took 0.${at.slice(-1)}s, log in /tmp/log-${at.slice(-1)}`);
    expect(firedAt(make(), steps(poll('10:00:01'), poll('10:00:02'), poll('10:00:03')))).toEqual([2]);
  });

  it('sees a change in the middle of a long result', () => {
    const long = (row: number) =>
      call('board', {}, { output: `${'head\n'.repeat(1000)}row ${row}\n${'tail\n'.repeat(1000)}` });
    expect(firedAt(make(), steps(long(1), long(2), long(3), long(4)))).toEqual([]);
  });

  it('counts rounds, not calls: equal calls of one message are one', () => {
    expect(firedAt(make(), steps(times(8, look)))).toEqual([]);
  });

  it('starts anew when a change was made in between, and not for the same change again', () => {
    const test = shell('npm test', '1 failed');
    const edit = (text: string) => call('edit', { path: 'src/cart.ts', old_string: 'a', new_string: text });
    expect(firedAt(make(), steps(test, edit('b'), test, edit('c'), test, edit('d'), test))).toEqual([]);
    expect(firedAt(make(), steps(edit('b'), edit('b'), edit('b')))).toEqual([2]);
  });

  it('finds a call that comes back between others that vary', () => {
    const others = (n: number) => call('search', { query: `q${n}` }, { output: `hit ${n}` });
    const run = Array.from({ length: 6 }, (_, n) => [look, others(n)]).flat();
    expect(firedAt(make(), steps(...run))).toEqual([10]);
  });

  it('is patient with calls that wait', () => {
    expect(firedAt(make(), steps(...times(7, shell('sleep 30 && cat build.log', 'still building'))))).toEqual([]);
    expect(firedAt(make(), steps(...times(8, shell('sleep 30 && cat build.log', 'still building'))))).toEqual([7]);
  });

  it('waits out a server that is busy', () => {
    expect(firedAt(make(), steps(...times(5, shell('curl -s api.local/items', '429 Too Many Requests'))))).toEqual([]);
  });

  it('lets a tool say itself what is new', () => {
    const watch = (loopKey: string) => call('watch', {}, { output: 'running', loopKey });
    expect(firedAt(make(), steps(watch('1'), watch('2'), watch('3')))).toEqual([]);
  });

  it('speaks again only after the streak had ended', () => {
    const edit = call('write_file', { path: 'a.ts', content: 'x' });
    expect(firedAt(make(), steps(look, look, look, look, edit, look, look, look))).toEqual([2, 7]);
  });

  it('does not compare steps that were shrunk at their source', () => {
    const shrunk = steps(look, look, look).map((step) => ({ ...step, isLossy: true }));
    expect(firedAt(make(), shrunk)).toEqual([]);
  });

  it('forgets when the user speaks', () => {
    const run = steps(look, look, look).map((step) =>
      step.index === 2 ? { ...step, userTexts: ['again, please'] } : step,
    );
    expect(firedAt(make(), run)).toEqual([]);
  });
});

test.each([
  ['gh run view 12', 'in_progress'],
  ['kubectl get pods -n web', 'web-1 0/1 ContainerCreating'],
  ['curl -s -o /dev/null -w "%{http_code}" http://localhost:3000/health', '000'],
  ['docker compose ps', 'db starting'],
  ['aws cloudformation describe-stacks --stack-name x', 'UPDATE_IN_PROGRESS'],
  ['./ci/state.sh 12', 'pending'],
])('asking %s until it changes is not a loop, with or without a pause of its own', (command, output) => {
  const ask = shell(command, output);
  for (const run of [steps(...times(20, ask)), steps(...times(20, [ask, shell('sleep 5')]).flat())])
    for (const { name, ...detector } of createDetectors(detectorsSchema.parse({}), {
      task: '',
      cwd: '/srv/project',
      dirtyFiles: [],
    }).detectors)
      expect([name, ...firedAt({ name, ...detector }, run)]).toEqual([name]);
});

test.each(['cancelled', 'aborted'] as const)(
  'a call that was %s again and again is none: it never ran',
  (errorKind) => {
    const fallen = shell('grep x a', 'cancelled', { isError: true, errorKind });
    expect(firedAt(createRepeatedCall(settings['repeated-call']), steps(...times(4, fallen)))).toEqual([]);
  },
);

test.each(['task_list', 'TodoRead', 'list_tasks'])('looking at a list of tasks (%s) again and again is one', (name) => {
  const look = call(name, { owner: 'a' }, { output: '#1 [in_progress] @a: the parser' });
  expect(firedAt(createRepeatedCall(settings['repeated-call']), steps(...times(4, look)))).toHaveLength(1);
});

test.each(['kubectl apply -f x.yaml', 'curl -X POST http://localhost/x', 'gh pr create -f', 'npm run build'])(
  'doing %s again and again is one',
  (command) => {
    expect(
      firedAt(createRepeatedCall(settings['repeated-call']), steps(...times(4, shell(command, 'same')))),
    ).toHaveLength(1);
  },
);
