import { UserError } from '../../core/errors.ts';
import { builtInClasses, type MisbehaviourClass } from '../../observer/classes/taxonomy.ts';
import { type ObserverConfig, observerSchema } from '../../observer/observer-schema.ts';
import { type StudyJudge, withCache } from './judge-cache.ts';

/** What a study runs the observer with: the user's settings and classes, and with --judge the model to ask. */
export type StudySettings = {
  readonly observer: ObserverConfig;
  readonly classes: readonly MisbehaviourClass[];
  /** The configured judge's model, or the named one; undefined where none is configured. */
  readonly openJudge: (model: string | undefined) => Promise<StudyJudge | undefined>;
};

/** How the caller reads the user's settings: only once the arguments are known to be right. */
export type LoadStudySettings = () => Promise<StudySettings>;

/** The observer's defaults, the built-in classes and no model. */
export const defaultSettings: LoadStudySettings = async () => ({
  observer: observerSchema.parse({}),
  classes: builtInClasses,
  openJudge: async () => undefined,
});

/** The options of --judge, for parseArgs. */
export const judgeOptions = {
  judge: { type: 'boolean' },
  'judge-cache': { type: 'string' },
  'observer-model': { type: 'string' },
} as const;

/** Their lines in a help text. */
export const judgeHelp = `  --judge                    ask the judge's model too, as a live run would (costs model calls)
  --judge-cache FILE         keep its answers in FILE and reuse them: the same study again costs nothing
  --observer-model NAME      the judge's model, if not the configured one`;

type JudgeValues = {
  readonly judge?: boolean | undefined;
  readonly 'judge-cache'?: string | undefined;
  readonly 'observer-model'?: string | undefined;
};

/** The judge that the options ask for; undefined without --judge. Throws UserError where no model is configured. */
export async function openStudyJudge(values: JudgeValues, settings: StudySettings): Promise<StudyJudge | undefined> {
  const cache = values['judge-cache'];
  if (!values.judge) {
    const given = cache === undefined ? 'observer-model' : 'judge-cache';
    if (values[given] !== undefined) throw new UserError(`--${given} goes with --judge; add it, or leave this out.`);
    return undefined;
  }
  const judge = await settings.openJudge(values['observer-model']);
  if (judge === undefined)
    throw new UserError(
      '--judge needs a model: name one with --observer-model (openai/gpt-6-luna, ollama/qwen3-coder), WINK_MODEL or in the configuration.',
    );
  return cache === undefined ? judge : withCache(judge, cache);
}
