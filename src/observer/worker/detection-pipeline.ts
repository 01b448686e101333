import type { Signal } from '../../core/types.ts';
import { createDetectors } from '../detectors/all-detectors.ts';
import { createSchedule, type ReviewQuestion, type Schedule } from '../review/schedule.ts';
import type { NormalizedStep } from '../step/normalized-step.ts';
import type { WorkerSettings } from './protocol.ts';

export type Detection = { readonly signals: readonly Signal[]; readonly reviews: readonly ReviewQuestion[] };

/** The observer without threads, models and clocks: steps in, findings and questions for the judge out. */
export type DetectionPipeline = Pick<Schedule, 'turnEnd' | 'compacted' | 'giveBack'> & {
  /** `isTurnEnd`: the model called nothing and calls its turn done. */
  readonly step: (step: NormalizedStep, isTurnEnd: boolean) => Detection;
};

/** All state of an observed run that is not the judge's. */
export function createDetectionPipeline(
  settings: Pick<WorkerSettings, 'config' | 'detectors' | 'facts' | 'classes'>,
): DetectionPipeline {
  // Constraints are the main thread's: there each call is checked before it acts.
  const detectorSettings = { ...settings.detectors, constraint: { enabled: false } };
  const detectors = createDetectors(detectorSettings, settings.facts);
  const schedule = createSchedule(settings);
  return {
    step: (step, isTurnEnd) => {
      const signals = detectors.observe(step, isTurnEnd);
      return { signals, reviews: schedule.step(step, signals, isTurnEnd) };
    },
    turnEnd: schedule.turnEnd,
    compacted: schedule.compacted,
    giveBack: schedule.giveBack,
  };
}
