import { readFile } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import type { PreparedCall, Tool, ToolContext, ToolOutput, Workspace } from '../core/tool.ts';
import { chooseServices, type ServiceOptions } from './choose-services.ts';
import { describeErrors } from './found-error.ts';
import type { Service } from './service.ts';

/** New errors of the files that the agent edits. */
export type Diagnostics = {
  /** The tool with the look at what it has changed. */
  readonly wrapTool: (tool: Tool) => Tool;
  /** What was found and has not been reported yet, in a workspace; waits a moment for looks that are under way. */
  readonly takeLast: (workspace: Workspace, signal: AbortSignal) => Promise<string | undefined>;
  readonly close: () => Promise<void>;
};

/** What an edit waits for a service that is usually as quick, or that nobody has asked yet: an edit without errors costs no more. */
const shortMs = 30;
/** And while new errors have begun to come. */
const longMs = 1000;
/** Larger files are not looked at. */
const maxTextLength = 1_000_000;

/** Nothing came in time. */
const late = Symbol('late');

/** A file as a service looks at it, and whose edit it was. */
type WatchedFile = {
  readonly service: Service;
  readonly path: string;
  readonly workspace: Workspace;
  readonly startedAt: number;
};

/**
 * Looks at edited files in the background: by the language servers that are installed, and the repository's own checker. Nothing is
 * started before the first edit of a language.
 */
export function openDiagnostics(options: ServiceOptions & { readonly cwd: string }): Diagnostics {
  const { cwd } = options;
  const looks = new Map<string, WatchedFile>();
  /** Looks that are under way. */
  const open = new Set<string>();
  const waiting = new Map<string, (words: string | undefined) => void>();
  const unreported = new Map<string, string>();
  /** How long each service took to answer the last time. */
  const answerMs = new Map<string, number>();
  const keyOf = (service: string, path: string) => `${service}\u0000${path}`;

  const services = chooseServices(options, (name) => (path, errors) => {
    const key = keyOf(name, path);
    const startedAt = looks.get(key)?.startedAt;
    if (open.delete(key) && startedAt !== undefined) answerMs.set(name, performance.now() - startedAt);
    const words = errors.length === 0 ? undefined : describeErrors(name, relative(cwd, path), errors);
    const waiter = waiting.get(key);
    if (waiter) waiter(words);
    else if (words !== undefined) unreported.set(key, words);
  });
  const isOf = (workspace: Workspace) => (key: string) => looks.get(key)?.workspace === workspace;
  /** Without those of files that are being changed: they are of a text that is gone. */
  const takeUnreported = (workspace: Workspace, changing: readonly string[] = []): string[] => {
    const isGone = (key: string) => changing.includes(looks.get(key)?.path ?? '');
    const keys = [...unreported.keys()].filter((key) => isOf(workspace)(key) && !isGone(key));
    const words = keys.map((key) => unreported.get(key) ?? '');
    for (const key of keys) unreported.delete(key);
    return words;
  };

  /** Shows a changed file to a service; gives what it finds within the time that pays. */
  const look = async (service: Service, { path, before, after }: EditedText, { workspace, signal }: ToolContext) => {
    const key = keyOf(service.name, path);
    // What was found in the text before and reported to nobody counts as new.
    if (unreported.delete(key)) service.takeBack(path);
    looks.set(key, { service, path, workspace, startedAt: performance.now() });
    open.add(key);
    const isQuick = (answerMs.get(service.name) ?? 0) <= shortMs;
    // One that does not know the file yet starts, or reads it first: that takes longer than anybody would wait.
    if (!service.isReady(path) || !isQuick) {
      service.edited(path, before, after);
      return undefined;
    }
    const found = new Promise<string | undefined>((done) => waiting.set(key, done));
    service.edited(path, before, after);
    const first = await within(found, shortMs, signal);
    if (first === late) answerMs.set(service.name, Math.max(shortMs + 1, answerMs.get(service.name) ?? 0));
    const words = first === late && service.seesNew(path) ? await within(found, longMs, signal) : first;
    waiting.delete(key);
    return words === late ? undefined : words;
  };

  const runWatched = async (tool: Tool, prepared: PreparedCall, context: ToolContext): Promise<ToolOutput> => {
    const isWatched = (tool.act === 'edit' || tool.act === 'write') && context.workspace.cwd === cwd;
    const paths = isWatched ? writtenPaths(prepared, cwd).filter((path) => services.for(path).length > 0) : [];
    const before = await Promise.all(paths.map(readText));
    const output = await prepared.run(context);
    const earlier = takeUnreported(context.workspace, output.isError ? [] : paths);
    if (output.isError || paths.length === 0) return withWords(output, earlier);
    const changes = await findChanges(paths, before);
    const found = await Promise.all(
      changes.flatMap((change) => services.for(change.path).map((service) => look(service, change, context))),
    );
    return withWords(output, [...earlier, ...found.filter((words) => words !== undefined)]);
  };

  return {
    wrapTool: (tool) => ({
      ...tool,
      prepare: (input, folder) => {
        const prepared = tool.prepare(input, folder);
        if (typeof prepared === 'string') return prepared;
        return { ...prepared, run: (context) => runWatched(tool, prepared, context) };
      },
    }),
    takeLast: async (workspace, signal) => {
      const isUnderWay = (key: string) => {
        const { service, path } = looks.get(key) ?? {};
        return open.has(key) && path !== undefined && service?.isReady(path) === true;
      };
      const own = [...open].filter(isOf(workspace));
      const until = performance.now() + longMs;
      while (performance.now() < until && !signal.aborted && own.some(isUnderWay)) await pause(20);
      const words = takeUnreported(workspace);
      return words.length === 0 ? undefined : words.join('\n');
    },
    close: services.close,
  };
}

type EditedText = { readonly path: string; readonly before: string | undefined; readonly after: string };

async function findChanges(paths: readonly string[], before: readonly (string | undefined)[]): Promise<EditedText[]> {
  const after = await Promise.all(paths.map(readText));
  return paths.flatMap((path, index): EditedText[] => {
    const [old, now] = [before[index], after[index]];
    return now === undefined || now === old ? [] : [{ path, before: old, after: now }];
  });
}

async function within<Value>(work: Promise<Value>, ms: number, signal: AbortSignal): Promise<Value | typeof late> {
  let timer: NodeJS.Timeout | undefined;
  let stop = () => {};
  const tooLate = new Promise<typeof late>((resolve) => {
    timer = setTimeout(() => resolve(late), ms);
    stop = () => resolve(late);
    signal.addEventListener('abort', stop, { once: true });
  });
  const first = await Promise.race([work, tooLate]);
  clearTimeout(timer);
  signal.removeEventListener('abort', stop);
  return first;
}

function writtenPaths({ targets }: PreparedCall, cwd: string): string[] {
  const paths = targets.flatMap((target) =>
    target.kind === 'path' && target.access === 'write' ? [resolve(cwd, target.path)] : [],
  );
  return [...new Set(paths)];
}

async function readText(path: string): Promise<string | undefined> {
  try {
    const text = await readFile(path, 'utf8');
    return text.length > maxTextLength ? undefined : text;
  } catch {
    return undefined;
  }
}

function withWords(output: ToolOutput, words: readonly string[]): ToolOutput {
  return words.length === 0 ? output : { ...output, output: `${output.output}\n\n${words.join('\n')}` };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
