import { parseNoFlags } from '../command-line/args.ts';
import type { CommandIo } from '../core/command-io.ts';
import type { Ask } from '../core/model.ts';
import { type ModelSettings, resolveModels } from '../providers/resolve-models.ts';
import type { StudySettings } from '../study/judge/study-judge.ts';
import { loadUserClasses } from './run/prepare-parts.ts';
import { prepareSetup } from './setup.ts';

/** The user's observer settings, own classes and judge's model for a study: what a run in this folder would have. */
export async function loadStudySettings(io: CommandIo): Promise<StudySettings> {
  const setup = await prepareSetup(parseNoFlags(), io.env);
  const { classes, problems } = await loadUserClasses(setup);
  for (const message of [...setup.warnings, ...problems]) io.stderr.write(`${message}\n`);
  const { config, origins } = setup.loaded;
  return {
    observer: config.observer,
    classes,
    openJudge: async (named) => {
      const observer = named === undefined ? config.observer : { ...config.observer, model: named };
      const wanted = {
        ...config,
        observer,
        ...(config.model === undefined && named !== undefined && { model: named }),
      };
      const models = await resolveModels({ config: wanted, origins, env: setup.env, home: setup.home });
      return models && { model: models.observer.name, ask: askOf(models.observer) };
    },
  };
}

/** The client is loaded with the first question: a study that is answered from a cache needs none. */
function askOf(settings: ModelSettings): Ask {
  let opened: Promise<Ask> | undefined;
  return async (question, signal) => {
    opened ??= import('../model/openai.ts').then(({ openAsk }) => openAsk(settings));
    return (await opened)(question, signal);
  };
}
