import type { DetectorSetting, ObserverControl } from '../ui/deps.ts';
import type { Stage } from './stage.ts';

/** A detector that was told to go on is silent for so many steps. */
const goOnSteps = 10;

/** What the screen may ask of the observer: go on, allow more, mute, by detector; the ledger with lift and add. */
export function observerControl(stage: Stage): ObserverControl {
  const settings = new Map<string, DetectorSetting>();
  const observer = () => stage.current().observer;
  return {
    ledger: () => [
      ...observer()
        .ledger()
        .map(({ id, quote, source }) => ({ id, words: quote, source, isLifted: false })),
      ...observer()
        .advice()
        .map(({ quote, source }) => ({ id: `advice:${quote}`, words: quote, source, isLifted: false, isAdvice: true })),
    ],
    lift: (id) => observer().lift(id),
    markWrong: (id) => observer().markWrong(id),
    add: (text) =>
      observer().addConstraint(text).length > 0 ? undefined : 'Code can not check this; the judge will be told of it.',
    detectors: () => {
      const names = new Set([
        ...observer()
          .timeline()
          .signals.map(({ detector }) => detector),
        ...settings.keys(),
      ]);
      return [...names].map((name) => {
        const setting = settings.get(name);
        return { name, ...(setting ? { setting } : {}) };
      });
    },
    setDetector: (detector, setting) => {
      settings.set(detector, setting);
      if (setting.kind === 'mute') observer().mute(detector);
      else if (setting.kind === 'allow') observer().allowMore(detector, setting.more);
      else if (setting.kind === 'go-on') observer().allowMore(detector, goOnSteps);
      else observer().watchAgain(detector);
    },
  };
}
