import { Box } from 'ink';
import { count } from '../../../core/text/count.ts';
import { useDrawContext } from '../../hooks/use-draw-context.ts';
import { reopen } from '../../state/stream-split.ts';
import type { Item } from '../../state/view.ts';
import { tokens } from '../../text/shown-figures.ts';
import { Tone } from '../layout/Tone.tsx';
import { Answer } from '../markdown/Answer.tsx';
import { ReminderCard } from '../observer/ReminderCard.tsx';
import { ToolCall } from '../tool-call/ToolCall.tsx';
import { Notice } from './Notice.tsx';
import { Reasoning } from './Reasoning.tsx';
import { ResultLine } from './ResultLine.tsx';
import { ShellRun } from './ShellRun.tsx';
import { UserMessage } from './UserMessage.tsx';
import { Welcome } from './Welcome.tsx';

export type TranscriptItemProps = {
  readonly item: Item;
  /** What comes above it: some belong close together. */
  readonly previous?: Item['kind'] | undefined;
};

/** One finished thing of the conversation, apart from what comes above it. */
export function TranscriptItem({ item, previous }: TranscriptItemProps) {
  return (
    <Box flexDirection="column" marginTop={isTight(item, previous) ? 0 : 1}>
      <ItemBody item={item} />
    </Box>
  );
}

function isTight(item: Item, previous: Item['kind'] | undefined): boolean {
  if (item.kind === 'text') return item.after?.isTight ?? false;
  if (item.kind === 'call') return previous === 'call' || previous === 'text' || previous === 'reasoning';
  return item.kind === 'notice' && previous === 'notice';
}

/** The thing itself. */
export function ItemBody({ item }: Pick<TranscriptItemProps, 'item'>) {
  const { glyphs, showsReasoning } = useDrawContext();
  switch (item.kind) {
    case 'welcome':
      return <Welcome {...item} />;
    case 'user':
      return <UserMessage text={item.text} images={item.images} />;
    case 'text':
      return <Answer source={reopen(item.after) + item.markdown} />;
    case 'shown':
      return <Answer source={item.markdown} />;
    case 'reasoning':
      return <Reasoning text={item.text} ms={item.ms} isOpen={showsReasoning} />;
    case 'call':
      return <ToolCall call={item.call} />;
    case 'reminder':
      return <ReminderCard reminder={item.reminder} />;
    case 'recovery': {
      const after =
        item.episode.interventions === 0
          ? 'without a reminder'
          : `after ${count(item.episode.interventions, 'reminder')}`;
      return <Tone role="good">{`${glyphs.observer} recovered from ${item.episode.class} ${after}`}</Tone>;
    }
    case 'compaction': {
      const { kind, tokensBefore, tokensAfter } = item.compaction;
      const what = kind === 'summary' ? 'earlier steps were summed up' : 'older tool output was shortened';
      return <Notice level="info" text={`${what}: ${tokens(tokensBefore)} to ${tokens(tokensAfter)} tokens`} />;
    }
    case 'notice':
      return <Notice level={item.level} text={item.text} />;
    case 'shell':
      return <ShellRun run={item} />;
    case 'result':
      return <ResultLine end={item} />;
    default:
      return item satisfies never;
  }
}
