import { Box } from 'ink';
import { messageOf } from '../../core/errors.ts';
import type { CommitPlan } from '../../core/run/commit-plan.ts';
import { count } from '../../core/text/count.ts';
import type { App } from '../app.ts';
import { Words } from '../components/layout/Words.tsx';
import { askChoice } from '../panels/question/choice.tsx';
import type { GitControl, SlashCommand } from '../screen-deps.ts';
import { refuseWhileBusy } from './choice-command.ts';
import { whileShown } from './while-shown.ts';

type Answer = { readonly kind: 'commit' | 'all' | 'no' } | { readonly kind: 'again' | 'own'; readonly words: string };

const shownFiles = 8;

/** `/review`: the model reviews what is not committed, a branch or a pull request that is checked out; it changes nothing. */
export function reviewCommand(git: GitControl): SlashCommand {
  return {
    name: 'review',
    isReplaceable: true,
    help: 'reviews what is not committed, else this branch; or against a branch, or a pull request that is checked out',
    hint: '[branch|BASE|NUMBER]',
    complete: () => [{ text: 'branch', detail: 'all that this branch has changed' }],
    run: (argument) => ({ submit: git.review(argument) }),
  };
}

/** `/commit`: what you staged, else what this session changed; the message is shown, and nothing is committed before the yes. */
export function commitCommand(app: App, git: GitControl): SlashCommand {
  return {
    name: 'commit',
    isReplaceable: true,
    help: 'commits what is staged, else what this session changed, after showing the message; never pushes',
    hint: '[what the message should say]',
    run: async (argument) => {
      const busy = refuseWhileBusy(app, '/commit');
      if (busy) return busy;
      const end = await commit(app, git, await git.plan(), argument.trim());
      if (end.isDone) return { notice: end.words };
      app.notice(end.words, 'warn');
      return undefined;
    },
  };
}

type CommitEnd = { readonly isDone: boolean; readonly words: string; readonly wants?: string };

async function commit(app: App, git: GitControl, draft: CommitPlan, wish: string): Promise<CommitEnd> {
  const written = await whileShown(app, 'git commit: the model writes the message', async ({ signal }) => {
    const message = await git.writeMessage(draft, wish, signal).catch((error: unknown) => {
      if (!signal.aborted) app.notice(`The model wrote no message: ${messageOf(error)}`, 'warn');
      return '';
    });
    return signal.aborted ? undefined : message;
  });
  if (written === undefined) return notCommitted;
  const make = async (what: CommitPlan, message: string) => {
    const run = (plan: CommitPlan) => whileShown(app, 'git commit', (watch) => git.commit(plan, message, watch));
    const end = await run(what);
    if (end.wants === undefined || what.starts === undefined || !(await askOutside(app, end))) return end;
    return run({ ...what, starts: { ...what.starts, isHeld: false } });
  };
  const answer = await ask(app, draft, written);
  switch (answer.kind) {
    case 'commit':
      return make(draft, written);
    case 'all':
      return make({ ...draft, files: [...draft.files, ...draft.others] }, written);
    case 'own':
      return answer.words === '' ? notCommitted : make(draft, answer.words);
    case 'again':
      return commit(app, git, draft, answer.words);
    case 'no':
      return notCommitted;
    default:
      return answer satisfies never;
  }
}

const notCommitted = { isDone: false, words: 'Nothing was committed.' };

function ask(app: App, draft: CommitPlan, message: string): Promise<Answer> {
  const subject = message.split('\n')[0] ?? '';
  const options = [
    ...(message === '' ? [] : [{ label: 'Commit', keys: ['y'], answer: (): Answer => ({ kind: 'commit' }) }]),
    ...(message === '' || draft.others.length === 0
      ? []
      : [{ label: 'Commit both', keys: ['b'], answer: (): Answer => ({ kind: 'all' }) }]),
    {
      label: message.includes('\n')
        ? 'Commit with one line in place of all this:'
        : 'Commit with a message of your own:',
      keys: ['e'],
      input: { prompt: 'message', initial: subject, isAlwaysEdited: true },
      answer: (words: string): Answer => ({ kind: 'own', words }),
    },
    {
      label: 'Write another one',
      keys: ['a'],
      input: { prompt: 'what it should say', initial: '' },
      answer: (words: string): Answer => ({ kind: 'again', words }),
    },
    { label: 'No', keys: ['n'], answer: (): Answer => ({ kind: 'no' }) },
  ];
  const body = <Draft draft={draft} message={message} />;
  const { signal } = app.state.pause;
  return askChoice<Answer>(app.panels, { title: 'Commit this?', body, options, onEscape: { kind: 'no' }, signal });
}

/** A hook that downloads its tools or uses a service can't do so in the sandbox. */
function askOutside(app: App, { words, wants = '' }: CommitEnd): Promise<boolean> {
  const options = [
    { label: 'Yes, with all my rights', keys: ['y'], answer: () => true },
    { label: 'No', keys: ['n'], number: 3, answer: () => false },
  ];
  const title = 'Commit once more, outside the sandbox?';
  const body = <Words>{`In the sandbox it ${wants}.\n\n${words}`}</Words>;
  const { signal } = app.state.pause;
  return askChoice<boolean>(app.panels, { title, body, options, onEscape: false, showsEnd: true, signal });
}

function Draft({ draft, message }: { readonly draft: CommitPlan; readonly message: string }) {
  const what = draft.kind === 'staged' ? 'staged' : 'changed in this session';
  return (
    <Box flexDirection="column">
      {message !== '' && (
        <Box marginBottom={1}>
          <Words>{message}</Words>
        </Box>
      )}
      <Words role="quiet">{listed(draft.files, what)}</Words>
      {draft.others.length > 0 && (
        <Words role="quiet">{listed(draft.others, 'changed meanwhile, by a command or by you, and left out')}</Words>
      )}
      {draft.mixed.length > 0 && (
        <Words>{listed(draft.mixed, 'had uncommitted changes before the session, which are committed too')}</Words>
      )}
      {draft.leftCount > 0 && (
        <Words role="quiet">
          {`${count(draft.leftCount, 'other file')} with uncommitted changes ${draft.leftCount === 1 ? 'is' : 'are'} left out.`}
        </Words>
      )}
      {draft.starts && <Words>{describeStarts(draft.starts)}</Words>}
    </Box>
  );
}

function describeStarts({ words, isHeld }: NonNullable<CommitPlan['starts']>): string {
  return `git runs ${words} ${isHeld ? 'in the sandbox' : 'with all your rights'}.`;
}

function listed(files: readonly string[], what: string): string {
  const left = files.length - shownFiles;
  const shown = [...files.slice(0, shownFiles), ...(left > 0 ? [`… and ${left} more`] : [])];
  return [`${count(files.length, 'file')} ${what}:`, ...shown.map((file) => `  ${file}`)].join('\n');
}
