import { classifyTool } from '../../../src/core/classify-tool.ts';
import type { ErrorKind } from '../../../src/core/error-kind.ts';
import type { JsonObject, Signal } from '../../../src/core/types.ts';
import { type DetectorSettings, detectorsSchema } from '../../../src/observer/detectors/detector-settings.ts';
import type { Detector, NormalizedCall, NormalizedStep } from '../../../src/observer/step/normalized-step.ts';

/** The settings that users get who set nothing. */
export const settings: DetectorSettings = detectorsSchema.parse({});

export type CallParts = { output?: string; isError?: boolean; errorKind?: ErrorKind; loopKey?: string };

/** A call of any tool; `output` defaults to `done`. */
export function call(name: string, input: JsonObject, parts: CallParts = {}): NormalizedCall {
  return { name, act: classifyTool(name, input), input, output: 'done', isError: false, ...parts };
}

/** A shell call. */
export function shell(command: string, output = '', parts: CallParts = {}): NormalizedCall {
  return call('shell', { command }, { output, ...parts });
}

/** A shell call that ended with an exit code other than 0. */
export function failedShell(command: string, output: string): NormalizedCall {
  return shell(command, output, { isError: true });
}

/** Steps numbered from 0: a call, several calls of one message, or a text without calls. */
export function steps(...rounds: (NormalizedCall | readonly NormalizedCall[] | string)[]): NormalizedStep[] {
  return rounds.map((round, index) => ({
    index,
    userTexts: [],
    text: typeof round === 'string' ? round : '',
    reasoning: '',
    calls: typeof round === 'string' ? [] : 'name' in round ? [round] : round,
    isLossy: false,
  }));
}

/** The same thing so many times. */
export function times<Item>(count: number, item: Item): Item[] {
  return Array.from({ length: count }, () => item);
}

/** All signals of a detector over steps; the last step ends the turn when it calls nothing. */
export function signalsOf(detector: Detector, run: readonly NormalizedStep[]): Signal[] {
  return run.flatMap((step, at) => {
    const found = [...detector.feed(step)];
    if (at === run.length - 1 && step.calls.length === 0) found.push(...(detector.finish?.(step) ?? []));
    return found;
  });
}

/** The steps at which a detector spoke. */
export function firedAt(detector: Detector, run: readonly NormalizedStep[]): number[] {
  return signalsOf(detector, run).map((signal) => signal.step);
}
