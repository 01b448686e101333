import type { NormalizedCall, NormalizedStep } from '../../observer/step/normalized-step.ts';
import type { RunLabels, StudyTrajectory } from './trajectory.ts';

/**
 * A run as a line of our dataset form, which has one call a step: several calls of one answer become steps one after the other with the same
 * `message`, the text and the user's words standing in the first. `facts` keeps what the form has no field for.
 */
export function toDatasetLine(run: StudyTrajectory, labels: RunLabels | undefined = run.labels): string {
  const { record } = run;
  const line = {
    source: run.source,
    id: run.id,
    ...(run.set !== undefined && { set: run.set }),
    task: run.task,
    ...(run.plan !== undefined && { plan: run.plan }),
    ...(run.agent !== undefined && { agent: run.agent }),
    ...(run.model !== undefined && { model: run.model }),
    cwd: run.cwd,
    ...(run.instructions !== undefined && run.instructions.length > 0 && { instructions: run.instructions }),
    steps: run.steps.flatMap(flattenStep).map((step, index) => ({ index, ...step })),
    ...(labels !== undefined && { labels }),
    ...(record && {
      facts: {
        outcome: record.outcome ?? null,
        startedAt: record.startedAt ?? null,
        durationMs: record.durationMs ?? null,
        activeMs: record.activeMs ?? null,
        usage: record.usage ?? null,
        interrupts: record.interrupts,
      },
    }),
  };
  return `${JSON.stringify(line)}\n`;
}

function flattenStep(step: NormalizedStep): object[] {
  const calls: (NormalizedCall | null)[] = step.calls.length > 0 ? [...step.calls] : [null];
  return calls.map((call, position) => ({
    ...(calls.length > 1 && { message: step.index }),
    assistantText: position === 0 ? step.text : '',
    tool: call?.name ?? null,
    args: call?.input ?? {},
    result: call?.output ?? '',
    isError: call?.isError ?? false,
    ...(position === 0 && step.userTexts.length > 0 && { user: step.userTexts.join('\n\n') }),
    ...(position === 0 && step.notices !== undefined && { notices: step.notices }),
    ...(step.isLossy && { lossy: true }),
  }));
}
