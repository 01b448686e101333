import { existsSync, rmSync } from 'node:fs';
import { copyWithTime, joinNul, type StoreGit, splitNul, textOfPath } from './store-git.ts';
import { findConversion, type UserRepository } from './user-repository.ts';

/**
 * Starts the store's index from a copy of the user's, whose stat cache saves reading the files again. Entries that say something else
 * than the bytes on disk (merge stages, submodules, converted line ends, files declared unchanged) are taken out; with filters such as
 * LFS nothing is taken over. A copy that git can't read is dropped: the first snapshot then reads everything.
 */
export async function seedIndex(user: UserRepository, index: string, git: StoreGit): Promise<void> {
  if (!existsSync(user.index)) return;
  copyWithTime(user.index, index);
  try {
    const entries = splitNul(await git(['ls-files', '-s', '-v', '-z'])).map(readEntry);
    const attributes = entries
      .map((entry) => entry.path)
      .filter((path) => path === '.gitattributes' || path.endsWith('/.gitattributes'));
    const conversion = findConversion(user, attributes.map(textOfPath));
    if (conversion === 'all') {
      rmSync(index, { force: true });
      return;
    }
    const wrong = new Set(
      entries
        .filter((entry) => entry.mode === '160000' || entry.stage !== '0' || /[a-z]/.test(entry.tag))
        .map((entry) => entry.path),
    );
    if (conversion === 'lines') for (const path of await findConverted(git)) wrong.add(path);
    if (wrong.size > 0) await git(['update-index', '--force-remove', '-z', '--stdin'], joinNul(wrong));
  } catch (error) {
    rmSync(index, { force: true });
    rmSync(`${index}.lock`, { force: true });
    if (error instanceof Error && /not installed|too long/.test(error.message)) throw error;
  }
}

type Entry = { readonly tag: string; readonly mode: string; readonly stage: string; readonly path: string };

/** `H 100644 <hash> 0\t<path>` */
function readEntry(line: string): Entry {
  const tab = line.indexOf('\t');
  const [tag = '', mode = '', , stage = ''] = line.slice(0, tab).split(' ');
  return { tag, mode, stage, path: line.slice(tab + 1) };
}

/** Files whose line ends on disk are not those that git holds: `i/lf w/crlf attr/text=auto \t<path>`. */
async function findConverted(git: StoreGit): Promise<string[]> {
  const lines = splitNul(await git(['ls-files', '--eol', '-z']));
  return lines.flatMap((line) => {
    const match = /^i\/(\S*)\s+w\/(\S*)\s/.exec(line);
    return match && match[1] !== match[2] ? [line.slice(line.indexOf('\t') + 1)] : [];
  });
}
