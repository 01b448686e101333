import type { PlainResponse } from './http-fetch.ts';

/** An answer for the SDK, which only looks at status and headers; its body is read from `chunks`. */
export class StreamedResponse implements Response {
  readonly status: number;
  readonly headers: Headers;
  readonly chunks: AsyncIterable<Uint8Array>;
  readonly ok: boolean;
  readonly statusText = '';
  readonly url = '';
  readonly type = 'default';
  readonly redirected = false;
  readonly body = null;
  readonly bodyUsed = false;
  readonly arrayBuffer = isStreamed;
  readonly blob = isStreamed;
  readonly bytes = isStreamed;
  readonly clone = isStreamed;
  readonly formData = isStreamed;
  readonly json = isStreamed;
  readonly text = isStreamed;

  constructor({ status, headers, chunks }: PlainResponse) {
    this.status = status;
    this.headers = headers;
    this.chunks = chunks;
    this.ok = status >= 200 && status < 300;
  }
}

function isStreamed(): never {
  throw new TypeError('The body of this answer is read in chunks.');
}

/** The body of an answer that the client was given by us. */
export function chunksOf(response: Response): AsyncIterable<Uint8Array> {
  if (response instanceof StreamedResponse) return response.chunks;
  throw new TypeError('The client gave an answer that is not ours.');
}
