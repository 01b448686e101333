import { relative } from 'node:path';
import type { UserInbox } from '../../agent/inbox.ts';
import { expandMentions } from '../../context/mentions.ts';
import type { ReadingGate } from '../../core/disk/reading-gate.ts';
import { messageOf } from '../../core/errors.ts';
import type { Emit } from '../../core/event.ts';
import { loadPrompt } from '../../core/prompt.ts';
import type { Note, Step, Trajectory } from '../../core/types.ts';
import type { HookRefusal } from '../../hooks/hook-answer.ts';
import type { Permissions } from '../../permissions/permissions.ts';
import type { Extensions } from '../calls/extensions.ts';

/** The user's words on their way to the model, with what they name and what the model has to know first. */
export type UserWords = {
  /** Says them with the files that they mention. */
  readonly say: (text: string, images: readonly string[]) => Promise<void>;
  /** The same in the middle of a turn: a hook may refuse them, and what fails is a warning. */
  readonly sayMeanwhile: (text: string, images: readonly string[]) => void;
  /** The model learns of mode plan before it runs into refusals, and of its end. */
  readonly sayPlanMode: () => void;
  /** The model learns that its last answer was stopped, once for each. */
  readonly sayCutOff: () => void;
};

type Parts = {
  readonly cwd: string;
  readonly trajectory: Pick<Trajectory, 'steps'>;
  readonly inbox: UserInbox;
  readonly permissions: Permissions;
  readonly gate: ReadingGate;
  readonly extensions: Pick<Extensions, 'readResource'>;
  readonly emit: Emit;
  /** Asks the user's hooks about words of theirs; gives why these are not taken. */
  readonly askPrompt: (text: string) => Promise<HookRefusal | undefined>;
};

export function createUserWords(parts: Parts): UserWords {
  const { cwd, trajectory, inbox, permissions, gate, extensions, emit, askPrompt } = parts;
  let knowsPlanMode = saidPlanMode(trajectory.steps);
  let saidOf: Step | undefined;

  /** A prompt may hold words of strangers, so a name in it reads no more than the model may by itself; `read` asks for the rest. */
  const mayRead = async (path: string): Promise<boolean> => {
    const target = { kind: 'path', access: 'read', path } as const;
    const { ruling, reason } = await permissions.decide({ name: 'read', act: 'read' }, [target]);
    if (ruling !== 'allow') emit({ type: 'warning', message: `@${relative(cwd, path)} was not attached. ${reason}` });
    return ruling === 'allow';
  };
  const say = async (text: string, images: readonly string[]): Promise<void> => {
    const readOther = extensions.readResource;
    const { note, images: named } = await expandMentions(text, { cwd, mayRead, readOther, isUnnamed: gate.isUnnamed });
    const attached: Note | undefined = note ? { from: 'harness', text: note, at: new Date().toISOString() } : undefined;
    inbox.say(userNote(text, [...images, ...named]), attached);
  };

  return {
    say,
    sayMeanwhile: (text, images) => {
      const take = async () => {
        const refusal = await askPrompt(text);
        if (refusal === undefined) return say(text, images);
        emit({ type: 'warning', message: `${refusal.by} did not take the message: ${refusal.reason}` });
      };
      void take().catch((error: unknown) => {
        emit({ type: 'warning', message: `What the message names was not attached: ${messageOf(error)}` });
        inbox.say(userNote(text, images));
      });
    },
    sayPlanMode: () => {
      const isPlanMode = permissions.mode() === 'plan';
      if (isPlanMode !== knowsPlanMode) inbox.tell(planModeWords(isPlanMode));
      knowsPlanMode = isPlanMode;
    },
    sayCutOff: () => {
      const step = trajectory.steps.at(-1);
      if (step !== saidOf && wasStopped(step)) inbox.tell(loadPrompt('session/cut-off', {}).trim());
      saidOf = step;
    },
  };
}

function userNote(text: string, images: readonly string[]): Note {
  return { from: 'user', text, at: new Date().toISOString(), ...(images.length ? { images } : {}) };
}

function planModeWords(isPlanMode: boolean): string {
  return loadPrompt(isPlanMode ? 'session/plan-mode' : 'session/plan-mode-over', {}).trim();
}

/** Whether the model of a saved session was last told of mode plan, and not of its end. */
function saidPlanMode(steps: readonly Step[]): boolean {
  if (steps.length === 0) return false;
  const words = [planModeWords(true), planModeWords(false)];
  const said = steps.flatMap(({ notes }) =>
    notes.filter((note) => note.from === 'harness' && words.includes(note.text)),
  );
  return said.at(-1)?.text === words[0];
}

/** An answer that ends where somebody stopped it (Esc, a limit, a kill); the model would take it for a whole one. */
function wasStopped(step: Step | undefined): boolean {
  return step?.finish === 'cut' && step.text.trim() !== '';
}
