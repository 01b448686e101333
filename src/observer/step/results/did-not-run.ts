import type { ErrorKind } from '../../../core/error-kind.ts';
import type { NormalizedCall } from '../normalized-step.ts';

/** Somebody's decision, or a fault elsewhere: nothing that the call itself did wrong. */
export type NotRun = Extract<ErrorKind, 'denied' | 'blocked' | 'cancelled' | 'aborted'>;

/** Kinds of an error that say so. */
export const notRun: ReadonlySet<ErrorKind> = new Set(['denied', 'blocked', 'cancelled', 'aborted']);

type Rule = { readonly kind: NotRun; readonly pattern: RegExp };

/** What agents write as the result of a call that they did not carry out. All of it is at the beginning of the result. */
const rules: readonly Rule[] = [
  {
    kind: 'cancelled',
    pattern:
      /^(?:cancell?ed(?: because|: (?:parallel|sibling))|sibling tool call|(?:tool )?(?:call )?(?:was )?(?:skipped|not (?:run|executed))\b.{0,40}\b(?:because|due to|since)\b.{0,60}\b(?:earlier|previous|sibling|parallel|another|other))/i,
  },
  {
    kind: 'blocked',
    pattern:
      /^(?:(?:\w+(?::[\w*]+)? )?(?:hook|operation) (?:(?:returned )?(?:a )?blocking error|error|stopped|blocked|denied)|denied by \w* ?hook|(?:tool (?:call|use) )?blocked by (?:a |the |\w+ )?hook|hook \S+ (?:denied|blocked)|blocked: )/i,
  },
  {
    kind: 'denied',
    pattern:
      /^(?:(?:not allowed: )?the user said no\b|the user (?:does ?n[o']t want to|rejected|declined|denied|has specified a rule|chose not)|user (?:rejected|declined|denied|did not allow|chose not)|the agent proposed a plan that was rejected|permission (?:to (?:use )?.{0,60} (?:has been|was) |for this .{0,40} was )denied\b|permission denied and could not request|(?:\w+ )?requested permissions? to .{0,200}(?:have|has)n't granted|(?:exec command|patch|command|tool call) (?:was )?(?:rejected|declined|denied) by (?:the )?user|rejected by (?:the )?user|\[operation cancelled\] reason: user (?:did not|denied|rejected)|command not executed.{0,40}(?:rejected|denied))/i,
  },
  {
    kind: 'aborted',
    pattern:
      /^(?:\[?request interrupted|\[operation cancelled\]|(?:tool )?(?:execution|command|call|operation)? ?(?:was )?(?:aborted|interrupted) by (?:the )?user|(?:tool execution|command|operation) (?:was )?(?:aborted|cancelled|canceled)\b|interrupted by user|user (?:aborted|cancelled|canceled|interrupted))/i,
  },
];

/** Longest beginning that is looked at, in characters. */
const headLength = 300;

/**
 * Why a call that counts as failed never ran: a person or a permission said no (`denied`), a hook or a guard refused (`blocked`), a
 * call of the same step failed (`cancelled`), the run was stopped (`aborted`). undefined when it ran.
 */
export function whyNotRun(output: string): NotRun | undefined {
  const head = bareHead(output);
  return rules.find((rule) => rule.pattern.test(head))?.kind;
}

/** Whether a call ran and failed: not one that was declined, refused, cancelled or stopped before it ran. */
export function hasFailed(call: Pick<NormalizedCall, 'isError' | 'errorKind'>): boolean {
  return call.isError && !(call.errorKind !== undefined && notRun.has(call.errorKind));
}

/** The beginning without tags and the word "Error" that agents put before it. */
function bareHead(output: string): string {
  return output
    .slice(0, headLength)
    .replace(/^\s*(?:<\w+>|error:\s*)*\s*/i, '')
    .replace(/[\u2018\u2019]/g, "'");
}
