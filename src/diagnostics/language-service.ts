import { messageOf } from '../core/errors.ts';
import type { HoldProgram } from '../core/process/held-program.ts';
import type { LanguageServerConnection, ServerStart } from './connect-server.ts';
import { extensionOf, type LanguageServerSettings } from './known-servers.ts';
import { createOpenDocuments, type OpenDocument, type OpenDocuments } from './open-documents.ts';
import type { Found, Service } from './service.ts';
import { takeErrors } from './settle-errors.ts';

export type LanguageServiceParts = {
  readonly settings: LanguageServerSettings;
  readonly file: string;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly hold: HoldProgram;
  readonly onFound: Found;
  readonly onWarning: (message: string) => void;
};

/** How long a server may take to say what stood in a file before; then nothing is reported of that file until it has. */
const baselineMs = 60_000;
/** The edit's result, and the next request, go out before a server is loaded and started. */
const startDelayMs = 100;

type OnErrors = ServerStart['onErrors'];

/**
 * A language server for the files that are edited. It is started at the first edit of its language, in the background. A file is first
 * shown as it was, so that what is reported is what the edit has brought.
 */
export function createLanguageService(parts: LanguageServiceParts): Service {
  const { settings, onFound } = parts;
  const documents = createOpenDocuments();
  const language = openConnection(parts, documents, (path, errors, answer) => {
    const document = documents.find(path);
    if (document !== undefined) takeErrors(path, document, errors, answer, onFound);
  });

  const begin = async (path: string, before: string | undefined, document: OpenDocument): Promise<void> => {
    const server = await language.connect();
    if (server === undefined || language.isClosed()) return;
    const shown = before ?? document.wanted;
    if (before === undefined) document.record.accept([]);
    const known = before === undefined ? undefined : waitForBaseline(document);
    server.open(path, settings.languages[extensionOf(path)] ?? '', shown);
    await known;
    if (language.isClosed()) return;
    if (document.wanted !== shown) showChange(server, path, document);
    document.isOpen = true;
    const oldest = documents.dropOldest(path);
    if (oldest !== undefined) server.forget(oldest);
  };

  return {
    name: settings.name,
    edited: (path, before, after) => {
      if (language.isClosed()) return;
      const document = documents.find(path);
      if (document === undefined) {
        void begin(path, before, documents.add(path, after));
        return;
      }
      document.wanted = after;
      if (!document.isOpen) return;
      void language.connect().then((server) => server && !language.isClosed() && showChange(server, path, document));
    },
    isReady: (path) => !language.isClosed() && documents.find(path)?.isOpen === true,
    seesNew: (path) => {
      const document = documents.find(path);
      if (document?.latest === undefined || document.onBaseline !== undefined) return false;
      return document.record.findNew(document.latest).length > 0;
    },
    takeBack: (path) => documents.find(path)?.record.takeBack(),
    close: language.close,
  };
}

/** The server's process: started with the first file, and closed with the session or when it ends by itself. */
function openConnection(parts: LanguageServiceParts, documents: OpenDocuments, onErrors: OnErrors) {
  const { settings, onWarning } = parts;
  const closing = new AbortController();
  let connection: Promise<LanguageServerConnection | undefined> | undefined;
  let isClosed = false;

  const drop = (why: string): undefined => {
    if (!isClosed)
      onWarning(`The language server ${settings.name} ended (${why}): its errors are not shown in this session.`);
    isClosed = true;
    documents.stopSettling();
    return undefined;
  };
  const start = async (): Promise<LanguageServerConnection | undefined> => {
    try {
      await new Promise((resolve) => setTimeout(resolve, startDelayMs));
      if (isClosed) return undefined;
      const { connectServer } = await import('./connect-server.ts');
      const [, ...args] = settings.command;
      const { file, cwd, env } = parts;
      const program = await parts.hold({
        file,
        args,
        env,
        cwd,
        isOfWorkspace: `${file}/`.startsWith(`${cwd}/`),
        onlyReads: true,
        // It loads the workspace's compiler, plugins and build scripts.
        isOffline: true,
      });
      if (isClosed) return undefined;
      return await connectServer({
        ...parts,
        ...program,
        initializationOptions: settings.initializationOptions,
        signal: closing.signal,
        onErrors: (path, errors, answer) => isClosed || onErrors(path, errors, answer),
        onEnd: drop,
      });
    } catch (error) {
      return drop(messageOf(error));
    }
  };

  return {
    /** Undefined where the server could not be started. */
    connect: () => {
      connection ??= start();
      return connection;
    },
    isClosed: () => isClosed,
    close: async () => {
      isClosed = true;
      closing.abort();
      documents.stopSettling();
      documents.endBaselines();
      await (await connection)?.close();
    },
  };
}

/** Resolves when the server has said what was in the file before, or has not for a minute. */
function waitForBaseline(document: OpenDocument): Promise<void> {
  return new Promise<void>((resolve) => {
    document.onBaseline = resolve;
    setTimeout(resolve, baselineMs).unref();
  });
}

function showChange(server: LanguageServerConnection, path: string, document: OpenDocument): void {
  document.version += 1;
  document.latest = undefined;
  clearTimeout(document.settling);
  server.change(path, document.version, document.wanted);
}
