import { spawn } from 'node:child_process';
import { basename } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  createProtocolConnection,
  type Diagnostic,
  DiagnosticSeverity,
  DidChangeTextDocumentNotification,
  DidCloseTextDocumentNotification,
  DidOpenTextDocumentNotification,
  DocumentDiagnosticReportKind,
  DocumentDiagnosticRequest,
  ExitNotification,
  InitializedNotification,
  type InitializeParams,
  InitializeRequest,
  PublishDiagnosticsNotification,
  ShutdownRequest,
  StreamMessageReader,
  StreamMessageWriter,
  type WorkspaceFolder,
} from 'vscode-languageserver-protocol/node';
import type { FoundError } from './found-error.ts';

/** A language server that runs. Paths are absolute. */
export type LanguageServerConnection = {
  readonly open: (path: string, language: string, text: string) => void;
  readonly change: (path: string, version: number, text: string) => void;
  readonly forget: (path: string) => void;
  readonly close: () => Promise<void>;
};

/** `version`: of which text it is, where the server says so. `isWhole`: nothing of that text follows. */
export type ServerAnswer = { readonly version: number | undefined; readonly isWhole: boolean };

export type ServerStart = {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly initializationOptions?: object | undefined;
  /** The session is over: a server that has not answered yet is not waited for. */
  readonly signal: AbortSignal;
  /** The errors of a file, each time that the server has looked. */
  readonly onErrors: (path: string, errors: readonly FoundError[], answer: ServerAnswer) => void;
  /** It ended by itself. */
  readonly onEnd: (why: string) => void;
};

const initializeMs = 30_000;
/** What the server is given to end by itself. */
const closeMs = 400;
/** A server that is asked while it reads its project may say no; it is asked once more after so long. */
const askAgainMs = 500;

/**
 * Starts a language server and greets it. Throws what went wrong. It runs in a process group of its own, which ends with the session; when
 * this program is killed, it ends because its input does.
 */
export async function connectServer(start: ServerStart): Promise<LanguageServerConnection> {
  const { file, args, cwd, env, onErrors, onEnd } = start;
  const child = spawn(file, args, { cwd, env, stdio: ['pipe', 'pipe', 'ignore'], detached: true });
  let isEnding = false;
  const kill = () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It has ended.
    }
  };
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(signal ? `signal ${signal}` : `exit code ${code}`));
  });
  child.stdin.on('error', () => undefined);
  const connection = createProtocolConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  connection.onError(() => undefined);
  connection.onUnhandledNotification(() => undefined);
  // What servers ask of an editor: it has no settings and nothing to show progress in.
  connection.onRequest('workspace/configuration', ({ items = [] }: { items?: unknown[] }) => items.map(() => null));
  for (const method of ['client/registerCapability', 'client/unregisterCapability', 'window/workDoneProgress/create'])
    connection.onRequest(method, () => null);
  connection.onRequest('workspace/workspaceFolders', () => [folderOf(cwd)]);
  // A server that is asked for its errors (version 3.17 of the protocol) may send whatever it likes, too.
  let isAsked = false;
  connection.onNotification(PublishDiagnosticsNotification.type, ({ uri, diagnostics, version }) => {
    if (isAsked || !uri.startsWith('file:')) return;
    onErrors(fileURLToPath(uri), errorsOf(diagnostics), { version, isWhole: false });
  });
  connection.listen();
  const close = async () => {
    isEnding = true;
    const polite = async () => {
      await connection.sendRequest(ShutdownRequest.type);
      await connection.sendNotification(ExitNotification.type);
      await ended;
    };
    await Promise.race([polite().catch(() => ended), ended, pause(closeMs)]);
    kill();
    connection.dispose();
  };
  try {
    const answer = await Promise.race([
      connection.sendRequest(InitializeRequest.type, greeting(cwd, start.initializationOptions)),
      ended.then((why): Promise<never> => Promise.reject(new Error(why))),
      pause(initializeMs).then(
        (): Promise<never> => Promise.reject(new Error(`no answer within ${initializeMs / 1000} s`)),
      ),
      new Promise<never>((_, reject) => start.signal.addEventListener('abort', () => reject(start.signal.reason))),
    ]);
    isAsked = answer.capabilities.diagnosticProvider !== undefined;
  } catch (error) {
    isEnding = true;
    kill();
    connection.dispose();
    throw error;
  }
  void ended.then((why) => {
    if (isEnding) return;
    kill();
    connection.dispose();
    onEnd(why);
  });
  /** A connection that has ended throws at once; `onEnd` says why. */
  const send = (notify: () => Promise<void>): void => void (async () => notify())().catch(() => undefined);
  send(() => connection.sendNotification(InitializedNotification.type, {}));
  /** Asks for the errors of a text; a request that fails is made once more, in a moment. */
  const askErrors = async (path: string, version: number, isAgain = false): Promise<void> => {
    try {
      const report = await connection.sendRequest(DocumentDiagnosticRequest.type, {
        textDocument: { uri: uriOf(path) },
      });
      if (report.kind === DocumentDiagnosticReportKind.Full)
        onErrors(path, errorsOf(report.items), { version, isWhole: true });
    } catch {
      if (isAgain || isEnding) return;
      await pause(askAgainMs);
      await askErrors(path, version, true);
    }
  };
  return {
    open: (path, languageId, text) => {
      send(() =>
        connection.sendNotification(DidOpenTextDocumentNotification.type, {
          textDocument: { uri: uriOf(path), languageId, version: 1, text },
        }),
      );
      if (isAsked) void askErrors(path, 1);
    },
    change: (path, version, text) => {
      send(() =>
        connection.sendNotification(DidChangeTextDocumentNotification.type, {
          textDocument: { uri: uriOf(path), version },
          contentChanges: [{ text }],
        }),
      );
      if (isAsked) void askErrors(path, version);
    },
    forget: (path) =>
      send(() =>
        connection.sendNotification(DidCloseTextDocumentNotification.type, { textDocument: { uri: uriOf(path) } }),
      ),
    close,
  };
}

function errorsOf(diagnostics: readonly Diagnostic[]): FoundError[] {
  return diagnostics
    .filter(({ severity }) => severity === undefined || severity === DiagnosticSeverity.Error)
    .map(({ range, message, code }) => ({
      line: range.start.line + 1,
      column: range.start.character + 1,
      message: typeof message === 'string' ? message : message.value,
      code: code === undefined ? '' : String(code),
    }));
}

function greeting(cwd: string, options: object | undefined): InitializeParams {
  return {
    // In a sandbox it does not see our process; it ends because its input does.
    processId: null,
    clientInfo: { name: 'wink-agent' },
    rootUri: uriOf(cwd),
    workspaceFolders: [folderOf(cwd)],
    ...(options ? { initializationOptions: options } : {}),
    capabilities: {
      general: { positionEncodings: ['utf-16'] },
      textDocument: {
        synchronization: { didSave: false },
        publishDiagnostics: { versionSupport: true, relatedInformation: false },
      },
      workspace: { configuration: true, workspaceFolders: true },
    },
  };
}

function folderOf(cwd: string): WorkspaceFolder {
  return { uri: uriOf(cwd), name: basename(cwd) };
}

function uriOf(path: string): string {
  return pathToFileURL(path).href;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
