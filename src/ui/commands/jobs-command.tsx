import { count } from '../../core/text/count.ts';
import type { App } from '../app.ts';
import { ExcerptRows } from '../components/layout/ExcerptRows.tsx';
import { Words } from '../components/layout/Words.tsx';
import { openPage } from '../panels/page/open-page.tsx';
import { askChoice } from '../panels/question/choice.tsx';
import type { CommandAnswer, SessionControl, ShownJob, SlashCommand } from '../screen-deps.ts';
import { expandTabs } from '../text/expand-tabs.ts';
import { duration } from '../text/shown-figures.ts';
import { pick } from './choice-command.ts';
import { runningJobs } from './running-jobs.ts';

/** How often a page that shows a job looks for more output. */
const lookMs = 400;

/** `/jobs`: what runs or ran in the background, with its output; `x` there, or `/jobs end ID`, ends one. */
export function jobsCommand(app: App, session: SessionControl): SlashCommand {
  return {
    name: 'jobs',
    aliases: ['tasks', 'bashes'],
    help: 'commands in the background: Enter shows the output of one, x there ends it',
    hint: '[end ID]',
    complete: () => runningJobs(session).map(({ id, command }) => ({ text: `end ${id}`, detail: command })),
    run: async (argument) => {
      if (argument !== '') return endNamed(session, argument);
      const jobs = [...session.jobs()].sort((left, right) => Number(!isRunning(left)) - Number(!isRunning(right)));
      const entries = jobs.map((job) => ({ label: job.command, detail: `${job.id}, ${stateOf(job)}`, value: job.id }));
      const title = `${count(runningJobs(session).length, 'background command')}; Enter shows the output`;
      const id = await pick(app, { title, entries, empty: 'Nothing was started in the background.' });
      if (id !== undefined) openJob(app, session, id);
      return undefined;
    },
  };
}

async function endNamed(session: SessionControl, argument: string): Promise<CommandAnswer> {
  const id = /^end\s+(\S+)$/.exec(argument)?.[1];
  const job = session.jobs().find((one) => one.id === id);
  if (job === undefined)
    return { refusal: `There is no job ${id ?? argument}; /jobs lists them, /jobs end ID ends one.` };
  if (!isRunning(job)) return { refusal: `${job.id} has ended already.` };
  await session.endJob(job.id);
  return { notice: `${job.id} was ended: ${job.command}` };
}

/** A page with what the job printed; it grows while it is open. */
function openJob(app: App, session: SessionControl, id: string): void {
  const find = () => session.jobs().find((job) => job.id === id);
  const command = find()?.command ?? '';
  let told = '';
  const looking = setInterval(() => app.panels.soon(), lookMs);
  openPage(app.panels, {
    title: `${id}: ${command}`,
    version: () => `${told} ${find()?.exitCode} ${find()?.output()}`,
    sections: () => {
      const job = find();
      const lines = expandTabs(job?.output() ?? '')
        .replace(/\n+$/, '')
        .split('\n');
      const state = job === undefined ? 'ended with its session' : isRunning(job) ? 'running' : stateOf(job);
      return [{ head: <ExcerptRows excerpt={lines} /> }, { head: <Words role="quiet">{`[${state}]`}</Words> }];
    },
    press: (key) => {
      if (key.text !== 'x') return false;
      void askToEnd(app, session, find()).then((words) => {
        told = words;
        app.repaint();
      });
      return true;
    },
    told: () => told,
    help: 'arrows, PgUp PgDn, g and G ends, / searches, x ends the command, q closes',
    startsAtEnd: true,
    onClose: () => clearInterval(looking),
  });
}

async function askToEnd(app: App, session: SessionControl, job: ShownJob | undefined): Promise<string> {
  if (job === undefined || !isRunning(job)) return 'It has ended already.';
  const isYes = await askChoice<boolean>(app.panels, {
    title: `End ${job.id}?`,
    body: <Words role="code">{job.command}</Words>,
    options: [
      { label: 'Yes, end it', keys: ['y'], answer: () => true },
      { label: 'No, let it run', keys: ['n'], answer: () => false },
    ],
    onEscape: false,
    isOverPage: true,
  });
  if (!isYes) return '';
  await session.endJob(job.id);
  return `${job.id} was ended.`;
}

function isRunning({ exitCode }: ShownJob): boolean {
  return exitCode === undefined;
}

function stateOf({ exitCode, ms }: ShownJob): string {
  if (exitCode === undefined) return `runs for ${duration(ms)}`;
  return exitCode === null ? 'ended by a signal' : `ended, exit ${exitCode}`;
}
