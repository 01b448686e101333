import type { App } from '../app.ts';
import { createCommands } from '../commands/commands.ts';
import { accept, type Completion, findCompletion } from '../input/completion.ts';
import { createFileSource } from '../input/file-source.ts';
import { keyName, type Press, stepOf } from '../input/key-parser.ts';

type Parts = { readonly changed: () => void; readonly enter: () => void };

/** The menu below the composer. */
export function createCompleting(app: App, { changed, enter }: Parts) {
  const sources = { commands: () => createCommands(app), files: createFileSource(app.deps) };
  const { state } = app;
  /** What the menu was made for: keys that came behind it are of another text, which it doesn't know. */
  let known = state.composer.buffer;
  const show = (completion: Completion | undefined) => {
    state.completion = completion;
    app.repaint();
    return true;
  };
  const select = (completion: Completion, by: number) => {
    const { length } = completion.candidates;
    const from = by === -1 ? Math.max(0, completion.selected) : completion.selected;
    return show({ ...completion, selected: (from + by + length) % length });
  };
  const take = ({ selected, ...completion }: Completion, isTab: boolean) => {
    state.completion = undefined;
    if (selected === -1 && !isTab) return run();
    const candidate = completion.candidates[Math.max(0, selected)]?.text ?? '';
    const isWhole = state.composer.buffer.text === candidate;
    if (isTab || !isWhole) state.composer = accept(state.composer, completion, candidate);
    const isCommand = completion.kind === 'command';
    const wantsMore = isCommand && createCommands(app).find(({ name }) => `/${name}` === candidate)?.hint;
    if (isWhole || (completion.kind !== 'file' && !isTab && !wantsMore)) return run();
    changed();
    return true;
  };
  const run = () => {
    enter();
    return true;
  };
  return {
    /** Looks for what could be completed where the cursor is. */
    update: () => {
      const { buffer } = state.composer;
      const put = (found: Completion | undefined) => {
        if (state.composer.buffer !== buffer || (found ?? state.completion) === undefined) return;
        known = buffer;
        show(found);
      };
      const found = findCompletion(state.composer, sources);
      if (found instanceof Promise) void found.then(put);
      else put(found);
    },
    /** True when the key was one of the menu's. */
    press: (key: Press, completion: Completion): boolean => {
      const step = stepOf(key);
      if (step !== 0) return select(completion, step);
      if (key.name === 'escape') return show(undefined);
      if (state.composer.buffer !== known) return false;
      const isTab = key.name === 'tab' && !key.isShift;
      return (isTab || keyName(key) === 'return') && take(completion, isTab);
    },
  };
}
