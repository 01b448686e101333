import type { DetectorSetting, ObserverControl } from '../ui/deps.ts';
import type { Stage } from './screen.ts';

/** What the screen may ask of the observer: go on, allow more, mute, by detector; the ledger with lift and add. */
export function observerControl(stage: Stage): ObserverControl {
  const settings = new Map<string, DetectorSetting>();
  return {
    setDetector: (detector, setting) => {
      settings.set(detector, setting);
      const { observer } = stage.current();
      if (setting.kind === 'mute') observer.mute(detector);
      else if (setting.kind === 'allow') observer.allowMore(detector, setting.more);
      else if (setting.kind === 'go-on') observer.allowMore(detector, 0);
    },
  };
}
