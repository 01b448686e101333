import type { HoldProgram } from '../core/process/held-program.ts';
import { createCheckerService } from './checker-service.ts';
import { findProjectProgram, majorVersion } from './find-checker.ts';
import { extensionOf, knownServers, type LanguageServerSettings } from './known-servers.ts';
import { createLanguageService } from './language-service.ts';
import type { Found, Service } from './service.ts';

/** The repository's own checker: a shell line in which `{files}` stands for the edited files. */
export type CheckSettings = {
  readonly command: string;
  /** Files that it is for; all where none is named. */
  readonly extensions: readonly string[];
  readonly timeoutSeconds: number;
};

export type ServiceOptions = {
  /** The repository: servers and checkers run there. */
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
  /** The user's servers come before the known ones; one without a command takes the known one of its name away. */
  readonly servers: readonly LanguageServerSettings[];
  readonly check?: CheckSettings | undefined;
  /** Holds what is started: it comes from the repository, or runs its plugins and settings. */
  readonly hold: HoldProgram;
  readonly isOfWorkspace: (line: string) => boolean;
  readonly onWarning: (message: string) => void;
};

export type Services = {
  /** Those that look at a file; each is made when it is first asked for. */
  readonly for: (path: string) => readonly Service[];
  readonly close: () => Promise<void>;
};

/** Chooses by a file's extension: the first server of its language that is installed, and the checker. */
export function chooseServices(options: ServiceOptions, listen: (service: string) => Found): Services {
  const { root, env, check, hold, isOfWorkspace, onWarning } = options;
  const made = new Map<string, Service>();
  const chosen = new Map<string, readonly Service[]>();
  const make = (name: string, create: (onFound: Found) => Service): Service => {
    const service = made.get(name) ?? create(listen(name));
    made.set(name, service);
    return service;
  };
  const choose = (extension: string): readonly Service[] => {
    const server = findServer(options, extension);
    const isChecked = check && (check.extensions.length === 0 || check.extensions.includes(extension));
    return [
      ...(server
        ? [
            make(server.settings.name, (onFound) =>
              createLanguageService({ ...server, cwd: root, env, hold, onFound, onWarning }),
            ),
          ]
        : []),
      ...(isChecked
        ? [
            make('check', (onFound) =>
              createCheckerService({ ...check, cwd: root, env, hold, isOfWorkspace, onFound, onWarning }),
            ),
          ]
        : []),
    ];
  };
  return {
    for: (path) => {
      const extension = extensionOf(path);
      const found = chosen.get(extension) ?? choose(extension);
      chosen.set(extension, found);
      return found;
    },
    close: async () => {
      await Promise.all([...made.values()].map((service) => service.close()));
    },
  };
}

function findServer(
  { servers, root, env }: ServiceOptions,
  extension: string,
): { settings: LanguageServerSettings; file: string } | undefined {
  const named = new Set(servers.map(({ name }) => name));
  for (const settings of [...servers, ...knownServers.filter(({ name }) => !named.has(name))]) {
    const [program] = settings.command;
    const file =
      program && Object.hasOwn(settings.languages, extension) ? findProjectProgram(program, root, env) : undefined;
    if (file && isRecentEnough(settings, file)) return { settings, file };
  }
  return undefined;
}

function isRecentEnough({ since }: LanguageServerSettings, file: string): boolean {
  return since === undefined || (majorVersion(file, since.package) ?? 0) >= since.major;
}
