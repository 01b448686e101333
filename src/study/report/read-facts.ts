import { UserError } from '../../core/errors.ts';
import { observerSchema } from '../../observer/observer-schema.ts';
import { findFiles, openBytes } from '../input/find-files.ts';
import { openTrajectories, type ReadListener } from '../input/read-trajectories.ts';
import { isInShard, type Shard } from '../input/shard.ts';
import type { StudyTrajectory } from '../input/trajectory.ts';
import { type Findings, gatherFacts } from '../metrics/gather-facts.ts';
import { factsSchema, type SessionFacts } from '../metrics/session-facts.ts';
import { setCompileFlags } from '../replay/compile-flags.ts';
import { replayTrajectory } from '../replay/replay.ts';

export type FactsOptions = {
  readonly shard?: Shard | undefined;
  /** Runs that nobody watched are replayed by the detectors; without it they count as unobserved. */
  readonly isReplaying: boolean;
  readonly listener: ReadListener;
};

/** The facts of each session in the files and folders, one by one: a session is forgotten once its facts are known. */
export async function* openFacts(paths: readonly string[], options: FactsOptions): AsyncGenerator<SessionFacts> {
  const replay = options.isReplaying ? createReplay() : undefined;
  if (replay) setCompileFlags();
  for await (const run of openTrajectories(paths, options.listener)) {
    if (isInShard(options.shard, `${run.source}#${run.id}`)) yield gatherFacts(run, replay);
  }
}

function createReplay(): (run: StudyTrajectory) => Findings {
  const config = observerSchema.parse({});
  return (run) => {
    const { signals, reminders: said, suppressed, episodes } = replayTrajectory(run, config);
    // A session file names the step that a reminder comes before, a replay the one after which it is said.
    const reminders = said.map((reminder) => ({ ...reminder, step: reminder.step + 1 }));
    return { signals, verdicts: 0, reminders, suppressed, episodes };
  };
}

/** Facts that `--format facts` wrote, of any number of parts; throws UserError for a file of another form. */
export async function* mergeFacts(paths: readonly string[], listener: ReadListener): AsyncGenerator<SessionFacts> {
  const { env = process.env } = listener;
  const files = await findFiles(paths, env);
  const total = files.reduce((sum, file) => sum + file.bytes, 0);
  let done = 0;
  for (const file of files) {
    const onBytes = (bytes: number) => {
      done += bytes;
      listener.onProgress?.(done, total);
    };
    const input = openBytes(file.path, onBytes, env);
    let line = 0;
    for await (const text of linesOf(input)) {
      line += 1;
      if (text.trim() !== '') yield parseFacts(text, `${file.path}:${line}`);
    }
  }
}

/** Lines as they come; a reader that breaks throws here, which readline would not let it. */
async function* linesOf(input: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let pending = '';
  for await (const chunk of input) {
    const lines = (pending + decoder.decode(chunk, { stream: true })).split('\n');
    pending = lines.pop() ?? '';
    yield* lines;
  }
  yield pending + decoder.decode();
}

function parseFacts(text: string, place: string): SessionFacts {
  try {
    return factsSchema.parse(JSON.parse(text));
  } catch {
    throw new UserError(`${place} is not a line of facts; --merge takes what wink-agent report --format facts wrote.`);
  }
}
