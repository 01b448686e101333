import { count } from '../../../core/text/count.ts';
import { useDrawContext } from '../../hooks/use-draw-context.ts';
import type { WatchView } from '../../state/view.ts';
import { money, tokens } from '../../text/shown-figures.ts';
import { Words } from '../layout/Words.tsx';

/** `watch`: what the observer saw and did so far. */
export type WatchSummaryProps = { readonly watch: WatchView };

/** The observer's session in one sentence of numbers. */
export function WatchSummary({ watch }: WatchSummaryProps) {
  const { glyphs } = useDrawContext();
  const { health, lostReason, usage } = watch;
  const used = usage.inputTokens + usage.outputTokens;
  const cost = money(usage.costUsd);
  const facts = [
    `mode ${watch.mode}`,
    `health ${health}${health === 'lost' && lostReason ? ` (${lostReason})` : ''}`,
    count(watch.cells.length, 'step'),
    count(watch.signals.length, 'signal'),
    count(watch.verdicts.length, 'verdict'),
    count(watch.reminders.length, 'reminder'),
    count(watch.judgeCalls, 'judge call'),
    ...(used > 0 ? [`${tokens(used)} tokens${cost ? `, ${cost}` : ''}`] : []),
  ];
  return <Words role={health === 'lost' ? 'bad' : 'quiet'}>{facts.join(` ${glyphs.dot} `)}</Words>;
}
