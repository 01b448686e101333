import type { Event } from '../../core/event.ts';
import { addUsage, type Episode, type Reminder, type Step } from '../../core/types.ts';
import type { Action, StepCell, WatchView } from './view.ts';

/** What the observer did so far, from its events. Signals and the like of a long session are kept whole: they are few by design. */
export function reduceWatch(watch: WatchView, event: Event | Action): WatchView {
  switch (event.type) {
    case 'session.start':
    case 'screen.wink': {
      const { mode } = event;
      return { ...watch, mode, health: mode === 'off' ? 'off' : watch.health === 'off' ? 'ok' : watch.health };
    }
    case 'step':
      return { ...watch, steps: watch.steps + 1, cells: [...watch.cells, cellOf(event.step)] };
    case 'signal':
      return { ...watch, signals: [...watch.signals, event.signal] };
    case 'verdict':
      return { ...watch, verdicts: [...watch.verdicts, event.verdict] };
    case 'suppressed':
      return { ...watch, suppressed: [...watch.suppressed, event.suppressed] };
    case 'reminder':
      return {
        ...watch,
        reminders: [...watch.reminders, event.reminder],
        episodes: openEpisode(watch.episodes, event.reminder),
      };
    case 'recovery':
      return {
        ...watch,
        episodes: [...watch.episodes.filter((episode) => episode.id !== event.episode.id), event.episode],
      };
    case 'observer.lost':
      return { ...watch, health: event.restarted ? 'ok' : 'lost', lostReason: event.reason };
    case 'observer.usage':
      return {
        ...watch,
        usage: addUsage(watch.earlier.usage, event.usage),
        judgeCalls: watch.earlier.judgeCalls + event.judgeCalls,
      };
    case 'screen.paid': {
      const earlier = { judgeCalls: event.judgeCalls, usage: event.judgeUsage };
      return { ...watch, ...earlier, earlier };
    }
    case 'review':
      return { ...watch, isReviewing: event.isUnderWay };
    case 'result':
      return {
        ...watch,
        isReviewing: false,
        health: event.result.wink.health,
        episodes: mergeEpisodes(watch.episodes, event.result.wink.episodes),
      };
    default:
      return watch;
  }
}

function cellOf(step: Step): StepCell {
  return {
    index: step.index,
    failed: step.results.filter((result) => result.isError).length,
    changed: step.results.some((result) => (result.changedFiles?.length ?? 0) > 0),
  };
}

/** A reminder opens its episode or adds an intervention to it; the final word comes with `recovery` or the result. */
function openEpisode(episodes: readonly Episode[], reminder: Reminder): readonly Episode[] {
  const known = episodes.find((episode) => episode.id === reminder.episode);
  const interventions = (known?.interventions ?? 0) + (reminder.mode === 'on' ? 1 : 0);
  if (known) return episodes.map((episode) => (episode === known ? { ...known, interventions } : episode));
  const { mode, category, evidenceSteps, detector } = reminder;
  return [
    ...episodes,
    {
      id: reminder.episode,
      mode,
      category,
      class: reminder.class,
      ...(detector ? { detector } : {}),
      openedAtStep: reminder.step,
      evidenceSteps,
      interventions,
    },
  ];
}

function mergeEpisodes(known: readonly Episode[], final: readonly Episode[]): readonly Episode[] {
  const ids = new Set(final.map((episode) => episode.id));
  return [...known.filter((episode) => !ids.has(episode.id)), ...final];
}
