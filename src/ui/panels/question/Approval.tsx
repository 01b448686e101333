import { Box } from 'ink';
import { memo } from 'react';
import type { ApprovalRequest } from '../../../core/questions/approval.ts';
import { reveal, revealName } from '../../../core/questions/reveal.ts';
import { Words } from '../../components/layout/Words.tsx';
import { openExtent, ViewBody } from '../../components/tool-call/ResultBody.tsx';
import { useDrawContext } from '../../hooks/use-draw-context.ts';
import { shortPath } from '../../text/shown-figures.ts';

export type ApprovalProps = { readonly request: ApprovalRequest };

/** What is asked for: why and where, then the command, the change or the arguments. */
export function Approval({ request }: ApprovalProps) {
  const { home } = useDrawContext();
  return (
    <Box flexDirection="column">
      <Words role="quiet">{`${reveal(request.reason)} In ${revealName(shortPath(request.directory, home))}.`}</Words>
      <RequestBody request={request} />
    </Box>
  );
}

/** All that a yes is for, and nothing in it that is not seen. Of other tools the title may leave out the most of the arguments. */
const RequestBody = memo(function RequestBody({ request }: ApprovalProps) {
  const { command, title, view, input } = request;
  if (command !== undefined) return <Words role="code">{reveal(command)}</Words>;
  const [only, ...more] = Object.values(input);
  const isTold = more.length === 0 && (only === undefined || only === title);
  const isShown = view !== undefined && /^(diff|patch|list)$/.test(view.kind);
  return (
    <Box flexDirection="column">
      <Words bold>{revealName(title)}</Words>
      {view && isShown && <ViewBody view={view} extent={openExtent} />}
      {!isShown && !isTold && <Words role="code">{reveal(JSON.stringify(input, null, 2))}</Words>}
    </Box>
  );
});
