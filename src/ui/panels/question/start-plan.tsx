import type { RunResult } from '../../../core/run/run-result.ts';
import type { App } from '../../app.ts';
import { setApproval } from '../../commands/commands.ts';
import { lastAnswer } from '../../commands/export-conversation.ts';
import { Words } from '../../components/layout/Words.tsx';
import { shortPath } from '../../text/shown-figures.ts';
import { askChoice } from './choice.tsx';

/** Characters below which an answer in plan mode without a list is not a plan: a greeting, a question back. */
const shortestPlan = 200;

function isPlan(answer: string): boolean {
  return answer.length >= shortestPlan || (answer.match(/^\s*(?:[-*+]|\d+[.)])\s/gm) ?? []).length >= 2;
}

/** Whether the turn ended with an answer: what the mode declined on the way to it is no reason to lose the plan. */
function isAnswered(result: RunResult | undefined): boolean {
  return result?.outcome === 'done' || (result?.outcome === 'denied' && result.error === undefined);
}

type Start = { readonly mode: 'ask' | 'edits' | 'plan'; readonly words: string };

const remark = { prompt: 'And tell it:', initial: '', isOptional: true, keepsLines: true };

/** After a run in plan mode: keeps the plan in a file and asks whether to start. Like every question it takes no typed keys. */
export async function offerStart(app: App, send: (text: string) => void): Promise<void> {
  const plan = lastAnswer(app.state.view);
  if (app.state.view.approval !== 'plan' || !isAnswered(app.state.view.result)) return;
  if (plan === undefined || !isPlan(plan) || app.state.question) return;
  const path = await app.deps.session.keepPlan(plan);
  if (app.state.isRunning || app.state.question) return;
  const start = await askChoice<Start>(app.panels, {
    signal: app.state.pause.signal,
    title: 'Start now?',
    body: path && <Words role="quiet">{`The plan is kept in ${shortPath(path, app.state.look.home)}.`}</Words>,
    options: [
      {
        label: 'Yes, and ask before each change',
        keys: ['y'],
        input: remark,
        answer: (words) => ({ mode: 'ask', words }),
      },
      {
        label: 'Yes, and edit files without asking',
        keys: ['e'],
        input: remark,
        answer: (words) => ({ mode: 'edits', words }),
      },
      {
        label: 'No, and tell it what to plan otherwise',
        keys: ['n'],
        takesWords: true,
        input: { prompt: 'Tell it:', initial: '', keepsLines: true },
        answer: (words) => ({ mode: 'plan', words }),
      },
    ],
    onEscape: { mode: 'plan', words: '' },
    escapeMeans: 'continues planning',
  });
  if (start.mode === 'plan') return start.words === '' ? undefined : send(start.words);
  app.notice(setApproval(app, start.mode));
  send(`Carry out the plan above.${path ? ` It is kept in ${path}.` : ''}${start.words && `\n\n${start.words}`}`);
}
