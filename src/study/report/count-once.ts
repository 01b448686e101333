import { createHash } from 'node:crypto';
import type { SessionFacts } from '../metrics/session-facts.ts';

/**
 * Tells a run that was read before: its session file and its artifact lie in one folder, or parts that are merged overlap. Only runs with a time are told
 * apart from others of the same name, which data sets give to different runs. Six bytes a run are kept.
 */
export function countOnce(): (one: SessionFacts) => boolean {
  const known = new Set<number>();
  return ({ agent, session, repository, startedAt, model, experiment }) => {
    if (startedAt === null) return true;
    const digest = createHash('sha1')
      .update(JSON.stringify([agent, session, repository, startedAt, model, experiment]))
      .digest();
    const key = digest.readUIntBE(0, 6);
    if (known.has(key)) return false;
    known.add(key);
    return true;
  };
}
