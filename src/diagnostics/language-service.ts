import { messageOf } from '../core/errors.ts';
import type { LanguageServerConnection, ServerAnswer } from './connect-server.ts';
import { createErrorRecord, type ErrorRecord } from './error-record.ts';
import type { FoundError } from './found-error.ts';
import { extensionOf, type LanguageServerSettings } from './known-servers.ts';
import type { Found, Service } from './service.ts';

export type LanguageServiceParts = {
  readonly settings: LanguageServerSettings;
  readonly file: string;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly onFound: Found;
  readonly onWarning: (message: string) => void;
};

type Document = {
  readonly record: ErrorRecord;
  /** The text that the server is to have last. */
  wanted: string;
  version: number;
  /** What the server said of the version it has; undefined while it looks. */
  latest: readonly FoundError[] | undefined;
  settling: NodeJS.Timeout | undefined;
};

/** After an answer that names no version, more of it may come for so long. */
const quietMs = 150;
/** The first answer on a file is complete when nothing follows for so long: what came later would look new. */
const baselineQuietMs = 1000;
/** How long a server may take to say what stood in a file before; then nothing is reported of that file until it has. */
const baselineMs = 60_000;
const maxDocuments = 50;
/** The edit's result, and the next request, go out before a server is loaded and started. */
const startDelayMs = 100;

/**
 * A language server for the files that are edited. It is started at the first edit of its language, in the background. A file is first
 * shown as it was, so that what is reported is what the edit has brought.
 */
export function createLanguageService(parts: LanguageServiceParts): Service {
  const { settings, onFound, onWarning } = parts;
  const documents = new Map<string, Document>();
  const waitingForBaseline = new Map<string, () => void>();
  let connection: Promise<LanguageServerConnection | undefined> | undefined;
  const closing = new AbortController();
  let isClosed = false;

  const drop = (why: string): undefined => {
    if (!isClosed)
      onWarning(`The language server ${settings.name} ended (${why}): its errors are not shown in this session.`);
    isClosed = true;
    for (const document of documents.values()) clearTimeout(document.settling);
    return undefined;
  };
  const connect = async (): Promise<LanguageServerConnection | undefined> => {
    try {
      await new Promise((resolve) => setTimeout(resolve, startDelayMs));
      if (isClosed) return undefined;
      const { connectServer } = await import('./connect-server.ts');
      const [, ...args] = settings.command;
      return await connectServer({
        ...parts,
        args,
        initializationOptions: settings.initializationOptions,
        signal: closing.signal,
        onErrors,
        onEnd: drop,
      });
    } catch (error) {
      return drop(messageOf(error));
    }
  };

  const onErrors = (path: string, errors: readonly FoundError[], { version, isWhole }: ServerAnswer) => {
    const document = documents.get(path);
    if (document === undefined || isClosed || (version !== undefined && version !== document.version)) return;
    document.latest = errors;
    clearTimeout(document.settling);
    const isFirst = waitingForBaseline.has(path);
    if (isWhole || (version !== undefined && !isFirst)) return settle(path, document);
    document.settling = setTimeout(() => settle(path, document), isFirst ? baselineQuietMs : quietMs).unref();
  };
  const settle = (path: string, document: Document) => {
    const { record, latest } = document;
    if (latest === undefined) return;
    const fresh = record.findNew(latest);
    record.accept(latest);
    const next = waitingForBaseline.get(path);
    waitingForBaseline.delete(path);
    if (next) next();
    else onFound(path, fresh);
  };

  /** The file as it was; resolves when the server has said what is in it. */
  const openAsItWas = async (server: LanguageServerConnection, path: string, text: string): Promise<void> => {
    const known = new Promise<void>((resolve) => {
      waitingForBaseline.set(path, resolve);
      setTimeout(resolve, baselineMs).unref();
    });
    server.open(path, settings.languages[extensionOf(path)] ?? '', text);
    await known;
  };
  const begin = async (path: string, before: string | undefined, document: Document): Promise<void> => {
    connection ??= connect();
    const server = await connection;
    if (server === undefined || isClosed) return;
    const shown = before ?? document.wanted;
    if (before === undefined) {
      document.record.accept([]);
      server.open(path, settings.languages[extensionOf(path)] ?? '', shown);
    } else await openAsItWas(server, path, shown);
    if (isClosed) return;
    if (document.wanted !== shown) show(server, path, document);
    isOpen.add(path);
    closeOldest(server, path);
  };
  const show = (server: LanguageServerConnection, path: string, document: Document) => {
    document.version += 1;
    document.latest = undefined;
    clearTimeout(document.settling);
    server.change(path, document.version, document.wanted);
  };
  const isOpen = new Set<string>();
  const closeOldest = (server: LanguageServerConnection, latest: string) => {
    const [oldest] = documents.keys();
    if (documents.size <= maxDocuments || oldest === undefined || oldest === latest || !isOpen.has(oldest)) return;
    clearTimeout(documents.get(oldest)?.settling);
    documents.delete(oldest);
    isOpen.delete(oldest);
    server.forget(oldest);
  };

  return {
    name: settings.name,
    edited: (path, before, after) => {
      if (isClosed) return;
      const document = documents.get(path);
      if (document === undefined) {
        const created = {
          record: createErrorRecord(),
          wanted: after,
          version: 1,
          latest: undefined,
          settling: undefined,
        };
        documents.set(path, created);
        void begin(path, before, created);
        return;
      }
      document.wanted = after;
      if (isOpen.has(path)) void connection?.then((server) => server && !isClosed && show(server, path, document));
    },
    isReady: (path) => !isClosed && isOpen.has(path),
    seesNew: (path) => {
      const document = documents.get(path);
      return (
        document?.latest !== undefined &&
        !waitingForBaseline.has(path) &&
        document.record.findNew(document.latest).length > 0
      );
    },
    takeBack: (path) => documents.get(path)?.record.takeBack(),
    close: async () => {
      isClosed = true;
      closing.abort();
      for (const document of documents.values()) clearTimeout(document.settling);
      for (const next of waitingForBaseline.values()) next();
      await (await connection)?.close();
    },
  };
}
