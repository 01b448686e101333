import { Box } from 'ink';
import { revealLine } from '../../../core/questions/reveal.ts';
import type { JsonObject } from '../../../core/types.ts';
import type { App } from '../../app.ts';
import { Reasoning } from '../../components/conversation/Reasoning.tsx';
import { ItemBody } from '../../components/conversation/TranscriptItem.tsx';
import { Marked } from '../../components/layout/Marked.tsx';
import { Words } from '../../components/layout/Words.tsx';
import { hasBody, openExtent, ResultBody } from '../../components/tool-call/ResultBody.tsx';
import { CallHead } from '../../components/tool-call/ToolCall.tsx';
import { joinParts } from '../../state/stream-split.ts';
import type { FinishedCall, Item } from '../../state/view.ts';
import { openPage, type Section } from './open-page.tsx';

/** Ctrl+O: the whole conversation, with everything that was folded. */
export function openTranscript(app: App): void {
  openPage(app.panels, {
    title: 'Transcript',
    version: () => app.state.view.items,
    sections: () =>
      joinParts(app.state.view.items)
        .filter((item) => item.kind !== 'welcome')
        .map(sectionOf),
    help: 'arrows or j k, Enter folds and unfolds, a all, z none, / searches, g and G ends, q closes',
    startsAtEnd: true,
  });
}

function sectionOf(item: Item): Section {
  if (item.kind === 'call')
    return {
      subject: item,
      head: <CallHead call={item.call} />,
      body: () => <CallWhole call={item.call} />,
      isOpen: true,
    };
  if (item.kind === 'reasoning')
    return { subject: item, head: <Reasoning text={item.text} ms={item.ms} isOpen />, isOpen: true };
  return { subject: item, head: <ItemBody item={item} /> };
}

/** The arguments as the tool got them, and the whole result. */
function CallWhole({ call: { input, result } }: { readonly call: FinishedCall }) {
  return (
    <Box flexDirection="column">
      <Arguments input={input} />
      {hasBody(result, openExtent) && <ResultBody result={result} extent={openExtent} />}
    </Box>
  );
}

function Arguments({ input }: { readonly input: JsonObject }) {
  return Object.entries(input).map(([name, value]) => {
    const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
    return (
      <Marked key={name} mark={`${name}:`} role="name">
        <Words role="quiet">{revealLine(text)}</Words>
      </Marked>
    );
  });
}
