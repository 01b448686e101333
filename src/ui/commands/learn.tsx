import { Box } from 'ink';
import type { App } from '../app.ts';
import { Words } from '../components/layout/Words.tsx';
import { openExtent, ViewBody } from '../components/tool-call/ResultBody.tsx';
import { askChoice } from '../panels/question/choice.tsx';
import type { Option } from '../panels/question/option.ts';
import type { LessonOwner, MemoryControl, SlashCommand } from '../screen-deps.ts';
import { pick } from './choice-command.ts';

type Answer = { readonly owner: LessonOwner } | { readonly words: string } | 'no';
type Previews = Awaited<ReturnType<MemoryControl['preview']>>;

/** `/learn`: keeps a lasting rule in an instruction file, or takes one out; the change is shown, and nothing is written before the yes. */
export function learnCommand(app: App, memory: MemoryControl): SlashCommand {
  return {
    name: 'learn',
    help: 'keeps a rule for later in AGENTS.md, after showing the change; without words: one of your corrections',
    hint: '[words|remove]',
    complete: () => [{ text: 'remove', detail: 'takes out a rule that is kept' }],
    run: async (argument) => {
      if (argument.trim() === 'remove') return { notice: await forget(app, memory) };
      const lesson = memory.clean(argument) || (await pickCandidate(app, memory));
      return { notice: lesson === '' ? nothingSaid : await keep(app, memory, lesson) };
    },
  };
}

const nothingSaid =
  'Nothing that you said in this session sounds like a lasting rule; /learn WORDS keeps what you write.';
const notKept = 'Nothing was written.';

/** After a turn: a rule in the user's correction is offered once. */
export function suggestLesson(app: App): void {
  const lesson = app.deps.session.memory.suggestion();
  if (lesson !== undefined) app.notice(`Keep this for the project? “${lesson}” /learn shows the change and asks.`);
}

async function pickCandidate(app: App, memory: MemoryControl): Promise<string> {
  const candidates = memory.candidates();
  if (candidates.length < 2) return candidates[0] ?? '';
  const entries = candidates.map((value) => ({ label: value, value }));
  return (await pick(app, { title: 'Keep which of your words?', entries, empty: '' })) ?? '';
}

async function keep(app: App, memory: MemoryControl, lesson: string): Promise<string> {
  const known = memory.kept().find((kept) => kept.lesson === lesson);
  if (known) return `That is kept already, in ${known.name}.`;
  const previews = await memory.preview(lesson, 'keep');
  const answer = await ask(app, 'Keep this?', previews, [
    ...previews.map(
      ({ owner, name }): Option<Answer> => ({
        label: owner === 'project' ? `Yes, in ${name} of the project` : `Yes, in ${name}, for all projects`,
        keys: [owner === 'project' ? 'y' : 'm'],
        answer: () => ({ owner }),
      }),
    ),
    {
      label: 'In other words:',
      keys: ['e'],
      input: { prompt: 'in these words', initial: lesson, isAlwaysEdited: true },
      answer: (words) => ({ words }),
    },
    { label: 'No', keys: ['n'], answer: () => 'no' },
  ]);
  if (answer === 'no') return notKept;
  if ('owner' in answer) return memory.change(lesson, answer.owner, 'keep');
  const words = memory.clean(answer.words);
  return words === '' || words === lesson ? notKept : keep(app, memory, words);
}

async function forget(app: App, memory: MemoryControl): Promise<string> {
  const entries = memory.kept().map((kept) => ({ label: kept.lesson, detail: kept.name, value: kept }));
  const picked = await pick(app, { title: 'Take out which?', entries, empty: 'No lessons are kept.' });
  if (picked === undefined) return notKept;
  const previews = (await memory.preview(picked.lesson, 'remove')).filter(({ owner }) => owner === picked.owner);
  const answer = await ask(app, `Take this out of ${picked.name}?`, previews, [
    { label: 'Yes', keys: ['y'], answer: () => ({ owner: picked.owner }) },
    { label: 'No', keys: ['n'], answer: () => 'no' },
  ]);
  return answer !== 'no' && 'owner' in answer ? memory.change(picked.lesson, answer.owner, 'remove') : notKept;
}

function ask(app: App, title: string, previews: Previews, options: readonly Option<Answer>[]): Promise<Answer> {
  const body = (
    <Box flexDirection="column">
      {previews.map(({ name, view }) => (
        <Box key={name} flexDirection="column">
          <Words role="quiet">{name}</Words>
          <ViewBody view={view} extent={openExtent} />
        </Box>
      ))}
    </Box>
  );
  return askChoice<Answer>(app.panels, { title, body, options, onEscape: 'no' });
}
