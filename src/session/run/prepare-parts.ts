import { join, relative } from 'node:path';
import { createWorkspace } from '../../../tools/file/workspace.ts';
import type { Instruction } from '../../context/instructions.ts';
import { buildSystemPrompt, type SystemPrompt } from '../../context/system-prompt.ts';
import type { Emit } from '../../core/event.ts';
import type { Model } from '../../core/model.ts';
import { consultPolicyTable, loadPolicyTable } from '../../core/policy-table.ts';
import type { AskQuestion } from '../../core/questions/agent-question.ts';
import type { AskUser } from '../../core/questions/approval.ts';
import type { AnswerForm } from '../../core/run/answer-form.ts';
import { createRedactor } from '../../core/text/redact.ts';
import { sanitize } from '../../core/text/sanitize.ts';
import type { Tool, Workspace } from '../../core/tool.ts';
import type { Trajectory, Usage } from '../../core/types.ts';
import { type LoadedClasses, loadClasses } from '../../observer/classes/custom-classes.ts';
import type { Observer, ObserverOptions } from '../../observer/observer.ts';
import { startObserver } from '../../observer/start-observer.ts';
import type { UserQuestion } from '../../observer/user-question.ts';
import {
  createPermissions,
  type PermissionOptions,
  type Permissions,
  type SandboxReach,
} from '../../permissions/permissions.ts';
import type { ResolvedModels } from '../../providers/resolve-models.ts';
import { sharesLocalServer } from '../../providers/shared-server.ts';
import type { Extensions } from '../calls/extensions.ts';
import { secretsOf } from '../secrets.ts';
import type { SessionChoice } from '../session-choice.ts';
import { sessionGate } from '../session-gate.ts';
import type { Setup } from '../setup.ts';

export type RunOptions = {
  /** A model of the caller's in place of `models.main`; the observer's judge then needs a model of its own in the configuration. */
  readonly ownModel?: Model;
  /** Tools of the caller's in addition to the agent's own. */
  readonly ownTools?: readonly Tool[];
  readonly setup: Setup;
  readonly models: ResolvedModels;
  readonly choice: SessionChoice;
  readonly isInteractive: boolean;
  /** Whether the judge would be in the way of the agent at its server, as is known by now. */
  readonly isServerShared?: () => boolean;
  /** The turn's review need not be waited for: the user is there to go on meanwhile. */
  readonly reviewsBehind?: boolean;
  /** What the session had cost before a rewind opened it again. */
  readonly paid?: Usage;
  /** The first words, for the observer and the list of sessions. */
  readonly task: string;
  readonly askUser?: AskUser;
  /** Whether somebody is there to be asked; default: whenever there is `askUser`. */
  readonly canAskUser?: () => boolean;
  /** Puts a question of the model to the user; without it nobody can be asked. */
  readonly askQuestion?: AskQuestion;
  /** The form that answers must have (--output-schema). */
  readonly answerForm?: AnswerForm;
  /** The observer's ladder has reached the user. Returns at once. */
  readonly onAskUser?: (question: UserQuestion) => Promise<void>;
};

/** The system prompt as it stands now; a resumed session keeps the one it began with, so that prompt caches hold. */
export function prepareSystem({ setup, isInteractive }: RunOptions): SystemPrompt {
  return buildSystemPrompt({
    cwd: setup.cwd,
    home: setup.home,
    env: setup.env,
    addDirs: setup.addDirs,
    isInteractive,
    now: new Date(),
    gate: sessionGate(setup),
  });
}

export function prepareTrajectory({ setup, choice }: RunOptions, system: string): Trajectory {
  return {
    session: choice.id,
    cwd: setup.cwd,
    system: choice.saved?.header.system || system,
    steps: choice.saved?.steps ?? [],
    compactions: choice.saved?.compactions ?? [],
  };
}

/** Where outputs that were too long for the model are kept. */
export function outputFolder({ setup, choice }: RunOptions): string {
  return join(setup.home, 'outputs', choice.id);
}

export function prepareWorkspace(
  options: RunOptions,
  confine: Pick<Workspace, 'wrapCommand' | 'findWant' | 'hides' | 'denies'>,
): Workspace {
  const { setup } = options;
  const hiddenVariables = Object.values(setup.loaded.config.providers).flatMap(({ keyVariable }) =>
    keyVariable ? [keyVariable] : [],
  );
  return createWorkspace({
    cwd: setup.cwd,
    addDirs: setup.addDirs,
    outputFolder: outputFolder(options),
    packages: setup.home,
    confine: { ...confine, redact: createRedactor(secretsOf(options)) },
    hiddenVariables,
  });
}

export type PermissionRules = Pick<Extensions['rules'], 'allow' | 'ask' | 'deny'> & {
  /** Folders outside of the workspace that may be read: skills. */
  readonly readable: readonly string[];
  readonly keptFolders: NonNullable<PermissionOptions['keptFolders']>;
};

export function preparePermissions(
  { setup }: RunOptions,
  workspace: Workspace,
  more: PermissionRules,
  { reach, actingPlaces }: { readonly reach: () => SandboxReach; readonly actingPlaces: () => readonly string[] },
): Permissions {
  const { config } = setup.loaded;
  return createPermissions({
    mode: config.approval,
    rules: {
      allow: [...config.permissions.allow, ...more.allow],
      ask: [...config.permissions.ask, ...more.ask],
      deny: [...config.permissions.deny, ...more.deny],
    },
    cwd: setup.cwd,
    roots: workspace.roots,
    home: setup.env.HOME ?? setup.home,
    readable: [workspace.outputFolder, ...more.readable],
    secretFolders: [setup.home],
    copy: setup.copy,
    sandbox: reach,
    actingPlaces,
    keptFolders: more.keptFolders,
  });
}

/** The built-in classes and the user's own; those of a repository only where it is trusted. */
export function loadUserClasses(setup: Setup): Promise<LoadedClasses> {
  return loadClasses([
    join(setup.home, 'classifiers'),
    ...(setup.isTrusted ? [join(setup.loaded.repository, '.wink', 'classifiers')] : []),
  ]);
}

/** As long as nobody has asked the server how many slots it has. */
function isSharedAtFirst({ main, observer }: ResolvedModels): boolean {
  return sharesLocalServer(main, observer) && (observer.slots ?? 1) < 2;
}

/** Where the policy says so (`observer.policy: auto`): why it does not pay to speak of something, by the table of what earlier sessions show. */
export function whySilentOf({ home, loaded }: Setup): ObserverOptions['whySilent'] {
  if (loaded.config.observer.policy !== 'auto') return undefined;
  const table = loadPolicyTable(join(home, 'policy.json'));
  return (className, detector) => {
    const found = consultPolicyTable(table, className, detector);
    return found.speak ? undefined : found.reason;
  };
}

/** The observer of a run, with the user's own classes and, where the policy says so, the table of what intervention pays. */
export async function openObserver(
  options: RunOptions,
  trajectory: Trajectory,
  instructions: readonly Instruction[],
  dirtyFiles: readonly string[],
  emit: Emit,
): Promise<Observer> {
  const { setup, models, choice } = options;
  const { observer: config } = setup.loaded.config;
  const { classes, problems } = await loadUserClasses(setup);
  const unknown = Object.keys(config.classes).filter((each) => !classes.some(({ name }) => name === each));
  for (const message of [...problems, ...unknown.map((each) => describeUnknownClass(each, classes))])
    emit({ type: 'warning', message });
  const whySilent = whySilentOf(setup);
  return startObserver({
    mode: setup.mode,
    config,
    facts: { task: choice.saved?.header.task || options.task, cwd: setup.cwd, dirtyFiles },
    trajectory,
    emit,
    ...(options.ownModel ? {} : { judgeModel: models.observer }),
    mayShareServer: options.isServerShared?.() ?? isSharedAtFirst(models),
    classes,
    instructions: instructions.map(({ path, text }) => ({ text, source: relative(setup.cwd, path) || path })),
    ...(options.onAskUser ? { onAskUser: options.onAskUser } : {}),
    ...(whySilent ? { whySilent } : {}),
    holdback: setup.holdback ?? 0,
  });
}

function describeUnknownClass(unknown: string, classes: LoadedClasses['classes']): string {
  return `observer.classes: there is no class ${JSON.stringify(sanitize(unknown).slice(0, 80))}, so this has no effect; there are ${classes.map(({ name }) => name).join(', ')}.`;
}
