import { homedir } from 'node:os';
import { relative } from 'node:path';
import { dirtyFiles } from '../checkpoints/dirty.ts';
import type { Event } from '../core/event.ts';
import type { Workspace } from '../core/tool.ts';
import { findSandbox, type Sandbox } from '../sandbox/sandbox.ts';
import { outputFolder, type RunOptions } from './prepare.ts';

/**
 * What must be known before the first call acts and is looked up while the model thinks about its first answer: the user's uncommitted
 * work, and the sandbox that works here. `ready` resolves at once from the second time on.
 */
export function startPreflight(options: RunOptions, emit: (event: Event) => void) {
  const { setup } = options;
  const dirtyPaths: string[] = [];
  let sandbox: Sandbox | undefined;
  let started: Promise<void> | undefined;

  const findDirty = async () => {
    const { files } = await dirtyFiles(setup.cwd);
    dirtyPaths.push(...files.map(({ path }) => relative(setup.cwd, path)));
  };
  const findWalls = async () => {
    const { mode, network } = setup.loaded.config.sandbox;
    sandbox = await findSandbox({
      mode,
      network,
      roots: [setup.cwd, ...setup.addDirs],
      home: setup.env.HOME ?? homedir(),
      winkHome: setup.home,
      readable: [outputFolder(options)],
    });
    if (mode !== 'off' && sandbox.kind === 'none' && setup.loaded.config.approval === 'full' && !setup.isThrowAway)
      emit({ type: 'warning', message: sandbox.description });
  };
  const wrapCommand: NonNullable<Workspace['wrapCommand']> = (file, args) =>
    sandbox?.wrapCommand(file, args) ?? { file, args };

  return {
    dirtyPaths,
    wrapCommand,
    ready: () => {
      started ??= Promise.all([findDirty(), findWalls()]).then(() => undefined);
      return started;
    },
  };
}
