import { homedir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { readText, whyUnreadable } from '../core/disk/read-text.ts';
import { errorCode } from '../core/errors.ts';
import { isOfWorkspace } from '../core/process/find-program.ts';
import { isObject } from '../core/text/json.ts';
import type { JsonObject } from '../core/types.ts';
import { ignoredUntrusted } from '../core/untrusted.ts';
import type { HookFile } from './hook-settings.ts';

export type HookFileOptions = {
  readonly repository: string;
  readonly isTrusted: boolean;
  /** Further files that the user named, from the repository or with `~`. */
  readonly named: readonly string[];
  readonly home: string | undefined;
  /** What a repository's hooks may say. */
  readonly limit: (hooks: JsonObject) => JsonObject;
  /** Parses JSON with comments; throws a sentence. */
  readonly parse: (path: string, text: string) => Promise<JsonObject>;
  readonly warn: (message: string) => void;
};

/** The files of a repository that hooks are read from, beside its configuration. */
export const repositoryHookFiles = ['.claude/settings.json', '.claude/settings.local.json'];

/** The hooks of files in the common form: the trusted repository's, and those that the user named. What is wrong is a warning. */
export async function readHookFiles(options: HookFileOptions): Promise<readonly HookFile[]> {
  const { repository, isTrusted, named, home, limit, warn } = options;
  const own = named.map((path) => resolve(repository, path.replace(/^~(?=\/)/, home ?? homedir())));
  const found: HookFile[] = [];
  for (const path of new Set([...repositoryHookFiles.map((name) => join(repository, name)), ...own])) {
    const hooks = await readHooks(path, own.includes(path), options);
    if (hooks === undefined) continue;
    const isRepositorys = isOfWorkspace(path, repository);
    if (isRepositorys && !isTrustedFile(relative(repository, path)))
      warn(
        `The hooks of ${path} are ignored because commands may change it and trust does not cover it; keep it in .wink/ or .claude/settings.json, or outside of the repository.`,
      );
    else if (!isRepositorys) found.push({ owner: 'user', hooks });
    else if (isTrusted) found.push({ owner: 'repository', hooks: limit(hooks) });
    else warn(ignoredUntrusted(`The hooks of ${path}`, 'are', 'can run code'));
  }
  return found;
}

/** Files of a repository that commands can't change, and whose contents the user trusts with it. */
function isTrustedFile(name: string): boolean {
  return name.startsWith('.wink/') || repositoryHookFiles.includes(name);
}

async function readHooks(
  path: string,
  isNamed: boolean,
  { parse, warn }: HookFileOptions,
): Promise<JsonObject | undefined> {
  let text: string;
  try {
    text = readText(path);
  } catch (error) {
    if (isNamed || errorCode(error) !== 'ENOENT') warn(`The hooks of ${path} can't be read: ${whyUnreadable(error)}.`);
    return undefined;
  }
  const values = await parse(path, text).catch((error: unknown) => {
    warn(`The hooks of ${path} are ignored: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  });
  if (values === undefined || values.disableAllHooks === true || !isObject(values.hooks)) return undefined;
  return Object.keys(values.hooks).length > 0 ? values.hooks : undefined;
}
