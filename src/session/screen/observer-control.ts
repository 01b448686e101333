import type { DetectorSetting, LedgerLine, ObserverControl } from '../../ui/screen-deps.ts';
import type { ShownSession } from './shown-session.ts';

/** A detector that was told to go on is silent for so many steps. */
const goOnSteps = 10;

/** What the screen may ask of the observer: go on, allow more, mute, by detector; the ledger with lift and add. */
export function observerControl(shown: ShownSession): ObserverControl {
  const settings = new Map<string, DetectorSetting>();
  /** What was lifted stays in sight, struck out. */
  const lifted: LedgerLine[] = [];
  const observer = () => shown.current().observer;
  const listConstraints = (): LedgerLine[] => [
    ...observer()
      .ledger()
      .map(({ id, quote, source }) => ({ id, words: quote, source, isLifted: false })),
    ...observer()
      .advice()
      .map(({ quote, source }) => ({ id: `advice:${quote}`, words: quote, source, isLifted: false, isAdvice: true })),
  ];
  return {
    ledger: () => {
      const lines = listConstraints();
      const ids = new Set(lines.map(({ id }) => id));
      return [...lines, ...lifted.filter(({ id }) => !ids.has(id))];
    },
    lift: (id) => {
      const line = listConstraints().find((one) => one.id === id);
      observer().lift(id);
      if (line) lifted.push({ ...line, isLifted: true });
    },
    add: (text) =>
      observer().addConstraint(text).length > 0
        ? undefined
        : "Noted. It can't be enforced; the observer will watch for it.",
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
    markWrong: (id) => shown.current().observer.markWrong(id),
    setDetector: (detector, setting) => {
      settings.set(detector, setting);
      if (setting.kind === 'mute') observer().mute(detector);
      else if (setting.kind === 'allow') observer().allowMore(detector, setting.more);
      else if (setting.kind === 'go-on') observer().allowMore(detector, goOnSteps);
      else observer().watchAgain(detector);
    },
  };
}
