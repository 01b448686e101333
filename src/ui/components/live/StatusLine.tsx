import { Box } from 'ink';
import type { Role } from '../../../core/screen/theme-roles.ts';
import { count } from '../../../core/text/count.ts';
import type { ApprovalMode } from '../../../core/types.ts';
import { useDrawContext } from '../../hooks/use-draw-context.ts';
import type { View } from '../../state/view.ts';
import { money, tokens } from '../../text/shown-figures.ts';
import { Tone } from '../layout/Tone.tsx';

export type StatusLineProps = {
  readonly view: View;
  readonly branch: string | undefined;
  readonly vimMode?: 'insert' | 'normal' | undefined;
  /** The window of the model in tokens. */
  readonly contextWindow: number | undefined;
  /** Background commands that run. */
  readonly jobs: number;
};

const approvalRoles: Readonly<Record<ApprovalMode, Role>> = {
  plan: 'accent',
  ask: 'quiet',
  edits: 'good',
  full: 'warn',
};

type Fact = { readonly text: string; readonly role: Role };

/** One row with what matters now, the most important first: what does not fit is left out whole. */
export function StatusLine(props: StatusLineProps) {
  const { glyphs } = useDrawContext();
  return (
    <Box height={1} flexShrink={0} flexWrap="wrap" overflow="hidden">
      {factsOf(props, useDrawContext()).map(({ text, role }, index) => (
        <Box key={text} flexShrink={0}>
          {index > 0 && <Tone role="quiet">{` ${glyphs.dot} `}</Tone>}
          <Tone role={role}>{text}</Tone>
        </Box>
      ))}
    </Box>
  );
}

function factsOf(
  { view, branch, contextWindow, jobs, vimMode }: StatusLineProps,
  { glyphs }: { glyphs: { observer: string; fork: string } },
): Fact[] {
  const { usage } = view;
  const total = usage.inputTokens + usage.outputTokens;
  const cost = total > 0 ? money(usage.costUsd) : undefined;
  const cached =
    usage.inputTokens > 0 ? ` (${Math.round((100 * usage.cachedInputTokens) / usage.inputTokens)}% cached)` : '';
  const facts: (Fact | undefined)[] = [
    vimMode === 'normal' ? { text: 'NORMAL', role: 'accent' } : undefined,
    observerFact(view, glyphs.observer),
    view.watch.isReviewing ? { text: 'checking the result…', role: 'observer' } : undefined,
    { text: view.approval, role: approvalRoles[view.approval] },
    contextFact(view, contextWindow),
    jobs > 0 ? { text: count(jobs, 'job'), role: 'accent' } : undefined,
    { text: view.model, role: 'quiet' },
    cost ? { text: cost, role: 'quiet' } : undefined,
    branch ? { text: `${glyphs.fork} ${branch}`, role: 'quiet' } : undefined,
    total > 0 ? { text: `${tokens(total)} tokens${cached}`, role: 'quiet' } : undefined,
  ];
  return facts.filter((fact) => fact !== undefined);
}

function observerFact({ watch }: View, sign: string): Fact {
  if (watch.mode === 'off') return { text: `${sign} wink off`, role: 'quiet' };
  const said = watch.reminders.length;
  const counts = said > 0 ? ` ${said}` : '';
  if (watch.health === 'lost') return { text: `${sign} wink ${watch.mode}${counts} LOST`, role: 'bad' };
  const isShadow = watch.mode === 'shadow';
  return {
    text: `${sign} wink ${isShadow ? 'shadow' : 'ok'}${counts}`,
    role: isShadow ? 'shadow' : said > 0 ? 'observer' : 'quiet',
  };
}

function contextFact({ contextTokens }: View, window: number | undefined): Fact | undefined {
  if (contextTokens === 0) return undefined;
  if (window === undefined) return { text: `${tokens(contextTokens)} in context`, role: 'quiet' };
  const percent = Math.round((100 * contextTokens) / window);
  return {
    text: `${percent}% of ${tokens(window)}`,
    role: percent >= 90 ? 'bad' : percent >= 70 ? 'warn' : 'quiet',
  };
}
