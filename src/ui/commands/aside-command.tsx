import { revealLine } from '../../core/questions/reveal.ts';
import type { App } from '../app.ts';
import { ExcerptRows } from '../components/layout/ExcerptRows.tsx';
import { Words } from '../components/layout/Words.tsx';
import { openPage } from '../panels/page/open-page.tsx';
import { askChoice } from '../panels/question/choice.tsx';
import type { AsideControl, ListedAside, SessionControl, SlashCommand } from '../screen-deps.ts';
import { agentWorks, pick } from './choice-command.ts';
import { runningJobs } from './running-jobs.ts';

/** `/aside`: what was set aside since it acts by itself; what the user has looked at whole, `m` moves back. */
export function asideCommand(app: App, session: SessionControl): SlashCommand {
  const { aside } = session;
  return {
    name: 'aside',
    help: 'what a command made that acts by itself, and was set aside: shows it, and moves back what is yours',
    run: async () => {
      if (app.state.isRunning) return agentWorks;
      if (runningJobs(session).length > 0)
        return { refusal: 'A command runs in the background, and might change it: /jobs ends it.' };
      const entries = aside.list().map((one) => ({ label: one.name, detail: one.place, value: one }));
      const title = 'Set aside; Enter shows what it holds';
      const picked = await pick(app, { title, entries, empty: 'Nothing was set aside in this session.' });
      if (picked !== undefined) openAside(app, aside, picked);
      return undefined;
    },
  };
}

function openAside(app: App, aside: AsideControl, picked: ListedAside): void {
  const lines = aside.show(picked.place);
  let isSeen = false;
  let told = '';
  const tell = (words: string) => {
    told = words;
    app.repaint();
  };
  openPage(app.panels, {
    title: picked.name,
    version: () => told,
    sections: () => [
      lines === undefined
        ? { head: <Words>{`It is too much to be shown, or no text: look at it in ${picked.place}`}</Words> }
        : { head: <ExcerptRows excerpt={lines.map(revealLine)} /> },
    ],
    press: (key) => {
      if (key.text !== 'm') return false;
      if (lines === undefined) tell(`Not moved: look at it first, and move it by hand from ${picked.place}`);
      else if (!isSeen) tell('Look at all of it first: PgDn, G');
      else void askToMove(app, aside, picked).then(tell);
      return true;
    },
    told: () => told,
    help: 'arrows, PgUp PgDn, / searches, m moves it back, q closes',
    startsAtEnd: false,
    onSeen: () => {
      isSeen = true;
    },
  });
}

async function askToMove(app: App, aside: AsideControl, { name, place }: ListedAside): Promise<string> {
  const isYes = await askChoice<boolean>(app.panels, {
    title: `Move ${revealLine(name)} back?`,
    body: <Words>It acts by itself: what you have just read may run without a question.</Words>,
    options: [
      { label: 'No, leave it aside', keys: ['n'], answer: () => false },
      { label: 'Yes, it is mine', keys: ['y'], answer: () => true },
    ],
    onEscape: false,
    isOverPage: true,
  });
  return isYes ? aside.moveBack(place) : '';
}
