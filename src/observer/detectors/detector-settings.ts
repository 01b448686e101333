import * as z from 'zod';

const times = (value: number) => z.int().min(2).default(value);
const window = (value: number) => z.int().min(2).max(200).default(value);
const enabled = z.boolean().default(true);

/**
 * The settings of all detectors, `observer.detectors.NAME`. Each threshold is a count of rounds (messages with calls)
 * unless it says otherwise; where it comes from is in the detector's file.
 */
export const detectorsSchema = z
  .object({
    'repeated-call': z
      .object({ enabled, times: times(3), interleavedTimes: times(6), pollTimes: times(8), window: window(24) })
      .prefault({}),
    cycle: z.object({ enabled, rounds: times(3), maxPeriod: z.int().min(2).max(12).default(6) }).prefault({}),
    stagnation: z.object({ enabled, window: window(10), repeated: times(9) }).prefault({}),
    'same-result': z.object({ enabled, times: times(8) }).prefault({}),
    'empty-calls': z.object({ enabled, times: times(3), window: window(5) }).prefault({}),
    'failing-calls': z.object({ enabled, times: times(3) }).prefault({}),
    'repeated-error': z
      .object({
        enabled,
        times: times(3),
        programTimes: times(4),
        window: window(10),
        malformedTimes: times(2),
        malformedWindow: window(6),
      })
      .prefault({}),
    'unknown-tools': z.object({ enabled, times: times(2), window: window(6) }).prefault({}),
    monologue: z.object({ enabled, times: times(3) }).prefault({}),
    paging: z.object({ enabled, times: times(9), pages: times(30) }).prefault({}),
    'edit-undo': z.object({ enabled, times: z.int().min(1).default(2) }).prefault({}),
    'red-test': z.object({ enabled, times: times(4) }).prefault({}),
    'user-work': z.object({ enabled }).prefault({}),
    'test-tampering': z.object({ enabled }).prefault({}),
    'completion-claim': z.object({ enabled }).prefault({}),
    'missed-edit': z.object({ enabled, times: times(2), window: window(6) }).prefault({}),
    'failing-program': z.object({ enabled, times: times(3), window: window(4) }).prefault({}),
    'lost-green': z.object({ enabled, times: times(3) }).prefault({}),
    'untouched-task': z.object({ enabled }).prefault({}),
    'untouched-plan': z.object({ enabled }).prefault({}),
    'git-claim': z.object({ enabled }).prefault({}),
    'unchecked-commit': z.object({ enabled }).prefault({}),
    'unused-export': z.object({ enabled }).prefault({}),
    'unverified-finish': z.object({ enabled }).prefault({}),
    constraint: z.object({ enabled }).prefault({}),
    chant: z.object({ enabled, times: times(6), characters: z.int().min(100).default(400) }).prefault({}),
  })
  .prefault({});

/** The settings of all detectors after their defaults. */
export type DetectorSettings = z.output<typeof detectorsSchema>;
