import { createStreamDecoder } from '../../src/core/text/decode.ts';
import { sanitize } from '../../src/core/text/sanitize.ts';
import { liveBytes, liveIntervalMs, livePieceBytes } from '../shared/limits.ts';

/** Passes a command's bytes on to whoever watches: harmless for a terminal, and thinned out when there are very many. */
export function createLiveOutput(onOutput: (chunk: string) => void, now: () => number): (chunk: Buffer) => void {
  const decode = createStreamDecoder();
  let passed = 0;
  let lastAt = Number.NEGATIVE_INFINITY;
  return (chunk) => {
    if (passed >= liveBytes && now() - lastAt < liveIntervalMs) return;
    const piece = passed >= liveBytes ? chunk.subarray(Math.max(0, chunk.length - livePieceBytes)) : chunk;
    passed += piece.length;
    lastAt = now();
    const text = sanitize(decode(piece));
    if (text !== '') onOutput(text);
  };
}
