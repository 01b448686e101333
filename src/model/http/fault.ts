import type { ModelError } from '../../core/errors.ts';

/** What went wrong with one try. A fault that may pass is asked again; another one ends the answer with its message. */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly kind: ModelError['kind'];
  readonly mayPass: boolean;
  /** Milliseconds the server asked us to wait. */
  readonly retryAfterMs: number | undefined;
  /** The field of the request that the server complains about, when it names one. */
  readonly parameter: string | undefined;
  /** The server's own words; '' where there were none. */
  readonly said: string;
  /** True for a server that does not answer at all. */
  readonly isUnreachable: boolean;
  /** True for a server that is down, overloaded or limits us: whatever is asked, it answers once that is over. */
  readonly isOutage: boolean;
  constructor(
    kind: ModelError['kind'],
    message: string,
    options: {
      mayPass: boolean;
      retryAfterMs?: number | undefined;
      isUnreachable?: boolean;
      isOutage?: boolean;
      parameter?: string | undefined;
      said?: string;
    },
  ) {
    super(message);
    this.kind = kind;
    this.mayPass = options.mayPass;
    this.retryAfterMs = options.retryAfterMs;
    this.parameter = options.parameter;
    this.said = options.said ?? '';
    this.isUnreachable = options.isUnreachable ?? false;
    this.isOutage = options.isOutage ?? this.isUnreachable;
  }
}

/** A stream that broke, fell silent, ended early or made no sense: dropped and asked again. */
export function brokenStream(message: string): Fault {
  return new Fault('protocol', message, { mayPass: true });
}
