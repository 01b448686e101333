/** The user can fix it: one sentence on what is wrong and what to do. Ends the program with exit 2 and no stack trace. */
export class UserError extends Error {
  override readonly name = 'UserError';
}

/** The model's side failed for good (after retries): one sentence that says what to do. Ends the run with outcome error, exit 1. */
export class ModelError extends Error {
  override readonly name = 'ModelError';
  /** `context-length` lets the loop compact and ask again; the rest is final. */
  readonly kind:
    | 'auth'
    | 'not-found'
    | 'context-length'
    | 'rate-limit'
    | 'server'
    | 'connection'
    | 'bad-request'
    | 'protocol';
  constructor(kind: ModelError['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

/** The code of a system error (`ENOENT`), or undefined for other errors. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** What an error says, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** An error and what it came of, outermost first. */
export function causesOf(error: unknown): unknown[] {
  const causes: unknown[] = [];
  for (let current = error; current !== undefined && causes.length < 10; ) {
    causes.push(current);
    current = current instanceof Error ? current.cause : undefined;
  }
  return causes;
}
