import { Box } from 'ink';
import { memo } from 'react';
import type { ApprovalRequest } from '../../../core/questions/approval.ts';
import { reveal, revealName } from '../../../core/questions/reveal.ts';
import { TallWords } from '../../components/layout/TallWords.tsx';
import { Words } from '../../components/layout/Words.tsx';
import { openExtent, ViewBody } from '../../components/tool-call/ResultBody.tsx';
import { useDrawContext } from '../../hooks/use-draw-context.ts';
import { shortPath } from '../../text/shown-figures.ts';

export type ApprovalProps = {
  readonly request: ApprovalRequest;
  /** On a page that scrolls; else only what can come into sight is laid out. */
  readonly isWhole?: boolean;
};

/** What is asked for: why and where, then the command, the change or the arguments. */
export function Approval({ request, isWhole = false }: ApprovalProps) {
  const { home, rows } = useDrawContext();
  return (
    <Box flexDirection="column">
      <Words role="quiet">{`${reveal(request.reason)} In ${revealName(shortPath(request.directory, home))}.`}</Words>
      <RequestBody request={request} inSight={isWhole ? Number.MAX_SAFE_INTEGER : rows} />
    </Box>
  );
}

type RequestBodyProps = { readonly request: ApprovalRequest; readonly inSight: number };

/** All that a yes is for, and nothing in it that is not seen. Of other tools the title may leave out the most of the arguments. */
const RequestBody = memo(function RequestBody({ request, inSight }: RequestBodyProps) {
  const { command, title, view, input } = request;
  const code = (text: string) => (
    <TallWords role="code" inSight={inSight}>
      {reveal(text)}
    </TallWords>
  );
  if (command !== undefined) return code(command);
  const [only, ...more] = Object.values(input);
  const isTold = more.length === 0 && (only === undefined || only === title);
  const isShown = view !== undefined && /^(diff|patch|list)$/.test(view.kind);
  return (
    <Box flexDirection="column">
      <Words bold>{revealName(title)}</Words>
      {view && isShown && <ViewBody view={view} extent={{ ...openExtent, inSight }} />}
      {!isShown && !isTold && code(JSON.stringify(input, null, 2))}
    </Box>
  );
});
