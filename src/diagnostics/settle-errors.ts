import type { ServerAnswer } from './connect-server.ts';
import type { FoundError } from './found-error.ts';
import type { OpenDocument } from './open-documents.ts';
import type { Found } from './service.ts';

/** Milliseconds in which more of an answer that names no version may come. */
const quietMs = 150;
/** The first answer on a file is complete when nothing follows for so long: what came later would look new. */
const baselineQuietMs = 1000;

/** Takes a server's errors for a file: what is new in them is reported once the answer is complete. */
export function takeErrors(
  path: string,
  document: OpenDocument,
  errors: readonly FoundError[],
  { version, isWhole }: ServerAnswer,
  onFound: Found,
): void {
  if (version !== undefined && version !== document.version) return;
  document.latest = errors;
  clearTimeout(document.settling);
  const isFirst = document.onBaseline !== undefined;
  const isComplete = isWhole || (version !== undefined && !isFirst);
  const waitMs = isFirst ? baselineQuietMs : quietMs;
  if (isComplete) settle(path, document, onFound);
  else document.settling = setTimeout(() => settle(path, document, onFound), waitMs).unref();
}

function settle(path: string, document: OpenDocument, onFound: Found): void {
  const { record, latest, onBaseline } = document;
  if (latest === undefined) return;
  const fresh = record.findNew(latest);
  record.accept(latest);
  document.onBaseline = undefined;
  if (onBaseline) onBaseline();
  else onFound(path, fresh);
}
