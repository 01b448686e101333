/** What kind of failure a tool call met. Our own tools always set it, so detectors need not guess from the text. */
export type ErrorKind =
  | 'unknown-tool'
  | 'bad-arguments'
  | 'missing-path'
  | 'edit-mismatch'
  | 'edit-ambiguous'
  | 'stale-file'
  | 'unreadable'
  | 'command-failed'
  | 'command-not-found'
  | 'timeout'
  | 'denied'
  | 'blocked'
  | 'sandboxed'
  | 'aborted'
  /** Not carried out because a call of the same step failed. */
  | 'cancelled'
  | 'failed';
