import type { EditedAnswer, EditedSince, TakenBack } from '../../core/run/taken-back.ts';
import { count, firstFew } from '../../core/text/count.ts';
import type { App } from '../app.ts';
import { askChoice } from '../panels/question/choice.tsx';
import type { Option } from '../panels/question/option.ts';
import type { AskEdited, CheckpointControl, CommandAnswer, SlashCommand } from '../screen-deps.ts';
import { agentWorks } from './choice-command.ts';

/** `/undo` and `/redo`. While the agent works they would change files under its hands. */
export function undoCommands(app: App, { undo, redo }: CheckpointControl): SlashCommand[] {
  const ask: AskEdited = (edited) => askAboutEdited(app, edited);
  const betweenTurns = async (change: (ask: AskEdited) => Promise<TakenBack>): Promise<CommandAnswer> => {
    if (app.state.isRunning) return agentWorks;
    const { isDone, words } = await change(ask);
    return isDone ? { notice: words } : { refusal: words };
  };
  return [
    { name: 'undo', help: 'takes back the file changes of the last turn', run: () => betweenTurns(undo) },
    { name: 'redo', help: 'makes the changes again that /undo took back', run: () => betweenTurns(redo) },
  ];
}

function askAboutEdited(app: App, edited: EditedSince): Promise<EditedAnswer> {
  const { what, files, unwritten, others, hasEarlier } = edited;
  const it = files.length === 1 ? 'it' : 'them';
  const rest = count(others, 'other file');
  const leave = others === 0 ? `Leave ${it}` : `Leave ${it}; ${what} the changes of ${rest}`;
  const earlier: Option<EditedAnswer> = {
    label: `Leave ${it}, and undo the turn before as well`,
    keys: ['b'],
    answer: () => 'earlier',
  };
  return askChoice<EditedAnswer>(app.panels, {
    title:
      unwritten.length === 0
        ? `Changed after the agent did: ${firstFew(files, 3)}`
        : `Perhaps yours, since no edit of the agent wrote ${it}: ${firstFew(files, 3)}`,
    body: null,
    options: [
      { label: leave, keys: ['l'], answer: () => (others === 0 ? 'nothing' : 'leave') },
      {
        label: `${whatIsDone(edited)}${others === 0 ? '' : ' as well'}${whatIsLost(edited)}`,
        keys: ['p'],
        answer: () => 'overwrite',
      },
      ...(hasEarlier ? [earlier] : []),
    ],
    onEscape: 'nothing',
    signal: app.state.pause.signal,
  });
}

/** What going back does to these files, those that it removes by their names. */
function whatIsDone({ files, removed }: EditedSince): string {
  const back = files.filter((file) => !removed.includes(file));
  if (removed.length === 0) return `Put ${files.length === 1 ? 'it' : 'them'} back`;
  const names = firstFew(removed, 3);
  return back.length === 0 ? `Remove ${names}` : `Put ${firstFew(back, 3)} back and remove ${names}`;
}

/** Whether what is overwritten can be had back. */
function whatIsLost({ what, files, unsaved }: EditedSince): string {
  if (unsaved.length > 0) return `; too large to keep, so lost for good: ${firstFew(unsaved, 3)}`;
  if (what === 'redo') return `; what ${files.length === 1 ? 'it holds' : 'they hold'} now is lost`;
  return '; /redo brings back what is there now';
}
