import { UserError } from '../../core/errors.ts';
import { type Comparison, compareArms } from '../metrics/compare.ts';
import type { Correction } from '../metrics/corrections.ts';
import type { SessionFacts } from '../metrics/session-facts.ts';
import { formatCount } from '../progress-bar.ts';
import { falseAlarmChance, type InterimLook, looksFile, readLooks, recordLook } from './interim-looks.ts';
import type { CompareHead } from './report-table.ts';

export type CompareFlags = {
  readonly experiment?: string | undefined;
  readonly control?: string | undefined;
  readonly treatment?: string | undefined;
  readonly unit?: string | undefined;
  readonly correction?: string | undefined;
  readonly effect?: string | undefined;
  readonly planned?: string | undefined;
};

export type CompareReport = { readonly head: CompareHead; readonly comparisons: readonly Comparison[] };

/** Below this an arm's normal approximations are not to be trusted, whatever the p-value. */
const minSessions = 30;
const minRepositories = 10;

/** Compares two arms and says what is wrong with the comparison. Each look at new data is written down under `home`. */
export function compareReport(
  facts: readonly SessionFacts[],
  flags: CompareFlags,
  home: string,
  now: string,
): CompareReport {
  const experiment = chooseExperiment(facts, flags.experiment);
  const control = flags.control ?? 'shadow';
  const treatment = flags.treatment ?? 'on';
  const armOf = (one: SessionFacts) =>
    experiment === null ? one.mode : one.experiment?.name === experiment ? one.experiment.arm : undefined;
  const [first, second] = [
    facts.filter((one) => armOf(one) === control),
    facts.filter((one) => armOf(one) === treatment),
  ];
  const unit = parseUnit(flags.unit ?? first[0]?.experiment?.unit ?? 'session');
  const correction = parseCorrection(flags.correction);
  const comparisons = compareArms(first, second, { unit, correction, effect: parseEffect(flags.effect) });
  const looks =
    experiment === null
      ? 1
      : countLooks(home, experiment, { at: now, control: first.length, treatment: second.length });
  const warnings = [
    ...(experiment === null
      ? [
          'The sessions were not assigned by an experiment, so other causes than the observer may differ between the arms.',
        ]
      : []),
    ...sizeWarnings([control, first], [treatment, second], unit),
    ...lookWarnings(looks, flags.planned, Math.min(first.length, second.length)),
  ];
  const names = { holm: 'Holm', bh: 'Benjamini-Hochberg', none: 'uncorrected' };
  return {
    head: {
      experiment: experiment ?? 'No experiment',
      control,
      treatment,
      unit,
      warnings,
      correction: names[correction],
    },
    comparisons,
  };
}

function chooseExperiment(facts: readonly SessionFacts[], asked: string | undefined): string | null {
  const names = [...new Set(facts.flatMap((one) => one.experiment?.name ?? []))].sort();
  if (asked !== undefined) {
    if (names.includes(asked)) return asked;
    throw new UserError(
      `No session belongs to the experiment ${asked}; there ${names.length === 0 ? 'is none' : `are: ${names.join(', ')}`}.`,
    );
  }
  if (names.length > 1)
    throw new UserError(
      `The sessions belong to several experiments (${names.join(', ')}); choose one with --experiment.`,
    );
  return names[0] ?? null;
}

function parseUnit(text: string): 'session' | 'repository' {
  if (text === 'session' || text === 'repository') return text;
  throw new UserError(`--unit takes session or repository, and not "${text}".`);
}

function parseCorrection(text: string | undefined): Correction {
  const known: readonly Correction[] = ['holm', 'bh', 'none'];
  const found = known.find((candidate) => candidate === (text ?? 'holm'));
  if (found !== undefined) return found;
  throw new UserError(`--correction takes holm, bh or none, and not "${text}".`);
}

function parseEffect(text: string | undefined): number {
  const percent = Number((text ?? '5').replace(/\s*%$/, ''));
  if (percent > 0 && percent <= 100) return percent / 100;
  throw new UserError(`--effect takes a percentage from above 0 to 100, and not "${text}".`);
}

type Arm = readonly [name: string, facts: readonly SessionFacts[]];

function sizeWarnings(control: Arm, treatment: Arm, unit: 'session' | 'repository'): string[] {
  return [control, treatment].flatMap(([name, facts]) => {
    const units = unit === 'session' ? facts.length : new Set(facts.map((one) => one.repository)).size;
    const fewest = unit === 'session' ? minSessions : minRepositories;
    const noun = unit === 'session' ? 'sessions' : 'repositories';
    if (units >= fewest) return [];
    return [
      `The arm ${name} is too small: ${formatCount(units)} ${noun}, where fewer than ${fewest} say little, whatever p is.`,
    ];
  });
}

/** The looks so far with this one; undefined when it could not be written down. */
function countLooks(home: string, experiment: string, look: InterimLook): number | undefined {
  const path = looksFile(home, experiment);
  try {
    recordLook(path, look);
  } catch {
    return undefined;
  }
  return readLooks(path).length;
}

function lookWarnings(looks: number | undefined, plannedText: string | undefined, smallest: number): string[] {
  const warnings: string[] = [];
  const planned = plannedText === undefined ? undefined : Number(plannedText);
  if (planned !== undefined && !(Number.isInteger(planned) && planned > 0)) {
    throw new UserError(`--planned takes the number of sessions planned for each arm, and not "${plannedText}".`);
  }
  if (planned !== undefined && smallest < planned) {
    warnings.push(
      `Peeked: ${formatCount(smallest)} of ${formatCount(planned)} planned sessions are in. p-values hold only once, at the planned size.`,
    );
  }
  if (looks === undefined)
    warnings.push('This look at the data could not be written down, so peeking will not be noticed.');
  else if (looks > 1) {
    const chance = Math.round(falseAlarmChance(looks) * 1000) / 10;
    warnings.push(
      `This is look ${looks} at growing data: the chance of a p below 0.05 by luck is about ${chance} %, not 5 %. Decide at a size planned before (--planned).`,
    );
  }
  return warnings;
}
