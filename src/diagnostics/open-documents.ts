import { createErrorRecord, type ErrorRecord } from './error-record.ts';
import type { FoundError } from './found-error.ts';

/** A file as the server knows it. */
export type OpenDocument = {
  readonly record: ErrorRecord;
  /** The text that the server is to have last. */
  wanted: string;
  version: number;
  /** What the server said of the version it has; undefined while it looks. */
  latest: readonly FoundError[] | undefined;
  settling: NodeJS.Timeout | undefined;
  /** The server has the file, and what it said of it before the first edit is recorded. */
  isOpen: boolean;
  /** To be called with the first answer, on the file as it was; undefined when that is not waited for. */
  onBaseline: (() => void) | undefined;
};

const maxDocuments = 50;

/** The edited files of one server, the oldest first; more than 50 are not kept. */
export type OpenDocuments = {
  readonly find: (path: string) => OpenDocument | undefined;
  readonly add: (path: string, wanted: string) => OpenDocument;
  /** Lets go of the oldest when there are too many; gives its path. `latest` is never the one. */
  readonly dropOldest: (latest: string) => string | undefined;
  /** No more of an answer is waited for. */
  readonly stopSettling: () => void;
  /** Nobody waits for a first answer any more. */
  readonly endBaselines: () => void;
};

export function createOpenDocuments(): OpenDocuments {
  const documents = new Map<string, OpenDocument>();
  return {
    find: (path) => documents.get(path),
    add: (path, wanted) => {
      const created: OpenDocument = {
        record: createErrorRecord(),
        wanted,
        version: 1,
        latest: undefined,
        settling: undefined,
        isOpen: false,
        onBaseline: undefined,
      };
      documents.set(path, created);
      return created;
    },
    dropOldest: (latest) => {
      const [oldest] = documents;
      if (documents.size <= maxDocuments || oldest === undefined) return undefined;
      const [path, document] = oldest;
      if (path === latest || !document.isOpen) return undefined;
      clearTimeout(document.settling);
      documents.delete(path);
      return path;
    },
    stopSettling: () => {
      for (const document of documents.values()) clearTimeout(document.settling);
    },
    endBaselines: () => {
      for (const document of documents.values()) document.onBaseline?.();
    },
  };
}
