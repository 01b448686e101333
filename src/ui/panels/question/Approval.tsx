import { Box } from 'ink';
import { memo } from 'react';
import { reveal } from '../../../core/text/sanitize.ts';
import { Words } from '../../components/layout/Words.tsx';
import { openExtent, ViewBody } from '../../components/tool-call/ResultBody.tsx';
import { useDrawContext } from '../../hooks/use-draw-context.ts';
import type { ScreenApproval } from '../../screen-deps.ts';
import { shortPath } from '../../text/draw-context.ts';

export type ApprovalProps = { readonly request: ScreenApproval };

/** What is asked for: why and where, then the command or the change. */
export function Approval({ request }: ApprovalProps) {
  const { home } = useDrawContext();
  return (
    <Box flexDirection="column">
      <Words role="quiet">{`${request.reason} In ${shortPath(request.directory, home)}.`}</Words>
      <RequestBody request={request} />
    </Box>
  );
}

/** The command or the change, whole. */
const RequestBody = memo(function RequestBody({ request }: ApprovalProps) {
  const { command, title, view } = request;
  return (
    <Box flexDirection="column">
      {command === undefined ? <Words isBold>{title}</Words> : <Words role="code">{reveal(command)}</Words>}
      {view && view.kind !== 'command' && <ViewBody view={view} extent={openExtent} />}
    </Box>
  );
});
