import { describeStallingFile, findStallingFile, knownStallingFile } from '../disk/stalling-files.ts';

/** After it what stalls a program is looked for. */
const patienceMs = 2_000;
/** The same where such a file is known: what does not read it has ended by then. */
const knownPatienceMs = 500;

/**
 * Watches over a git or ripgrep that reads what lies in a folder, where a pipe or a huge file may hold it for ever: calls `giveUp` once, with the
 * reason (`sub/.gitignore is a pipe`, `it took longer than 60 s`), sooner when that is known. The function it gives ends the watch.
 */
export function losePatience(root: string, limitMs: number, giveUp: (why: string) => void): () => void {
  let isOver = false;
  const end = () => {
    isOver = true;
    clearTimeout(looking);
    clearTimeout(limit);
  };
  const tell = (why: string) => {
    if (isOver) return;
    end();
    giveUp(why);
  };
  const look = async () => {
    const found = knownStallingFile(root) ?? (await findStallingFile(root));
    if (found) tell(describeStallingFile(found, root));
  };
  const looking = setTimeout(() => void look(), knownStallingFile(root) ? knownPatienceMs : patienceMs);
  const limit = setTimeout(() => tell(`it took longer than ${Math.round(limitMs / 1000)} s`), limitMs);
  return end;
}
