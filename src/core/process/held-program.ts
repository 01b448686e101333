import type { CommandOutcome } from '../tool.ts';
import type { Tidied } from '../wrapped-command.ts';

/** A program as it is to be started. */
export type HeldProgram = {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Record<string, string>;
  /** To be called when it has ended; gives what it was kept from. */
  readonly tidy?: () => Promise<Tidied | undefined>;
  /** What it failed for want of because of the sandbox, in words that follow "it". */
  readonly findWant?: (outcome: CommandOutcome) => string | undefined;
};

/** Puts a program that we start by ourselves into the sandbox of the agent's commands; leaves it as it is where there is no sandbox. */
export type HoldProgram = (program: {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** The folder in which it is started. */
  readonly cwd: string;
  /** What of it lies in the workspace is held like an unasked command, anything else like an allowed one. */
  readonly isOfWorkspace: boolean;
  /** It needs to write nothing. */
  readonly onlyReads?: boolean;
  /** Of the user's, but it loads what the workspace holds and needs no network. */
  readonly isOffline?: boolean;
  /** Of the workspace, but it may write in the repository's own folder, as plain git commands do. */
  readonly usesGit?: boolean;
  /** Files and folders that it is shown although commands don't see them. */
  readonly shown?: readonly string[];
}) => Promise<HeldProgram>;
