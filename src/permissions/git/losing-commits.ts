type Options = {
  /** Single letters that move or delete what already stands. */
  readonly letters: string;
  /** Letters that take a value: what follows one in the same word is that value. */
  readonly valued: string;
  readonly names: readonly string[];
};

/** Options with which a subcommand of git takes commits off a branch, deletes a branch or tag, or overwrites what is there. */
const losing: Readonly<Record<string, Options>> = {
  checkout: { letters: 'Bf', valued: 'bB', names: ['--force'] },
  switch: { letters: 'Cf', valued: 'cC', names: ['--force', '--force-create', '--discard-changes'] },
  branch: { letters: 'dDfMC', valued: 'u', names: ['--delete', '--force'] },
  tag: { letters: 'df', valued: 'mFu', names: ['--delete', '--force'] },
};

const others: Options = { letters: 'dDfMBC', valued: 'mFsSX', names: ['--delete', '--force'] };

/** Their letters mean other things, or what they take away is in the checkpoint. */
const harmless = /^(rm|add|apply|commit)$/;

/** Whether a subcommand of git is given such an option, bundled with others (`-qB`), with its value (`-Bmain`, `--force-create=main`) or shortened (`--del`). */
export function losesCommits(subcommand: string, args: readonly string[]): boolean {
  if (harmless.test(subcommand)) return false;
  const { letters, valued, names } = losing[subcommand] ?? others;
  const end = args.indexOf('--');
  return (end === -1 ? args : args.slice(0, end)).some((word) => {
    if (word.startsWith('--')) return word.length > 2 && names.some((name) => name.startsWith(word.split('=')[0]!));
    if (!word.startsWith('-')) return false;
    const bundle = word.slice(1);
    const value = [...bundle].findIndex((letter) => valued.includes(letter));
    return [...(value === -1 ? bundle : bundle.slice(0, value + 1))].some((letter) => letters.includes(letter));
  });
}
