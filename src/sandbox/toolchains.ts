import { existsSync, lstatSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { basename, delimiter, dirname, join, resolve } from 'node:path';

/** What a path is bound from; or, for a link, what it points to. */
export type Mount = { readonly path: string; readonly from: string; readonly isLink?: boolean };

const systemFolders = '/usr /bin /sbin /lib /lib32 /lib64 /libx32 /opt /nix /gnu /sys'.split(' ');

/** Of /etc only what programs need to find libraries, names, certificates and types; services keep their keys there too. */
const systemFiles =
  'alternatives ld.so.cache ld.so.conf ld.so.conf.d passwd group nsswitch.conf localtime timezone hosts host.conf protocols services ssl/certs ssl/openssl.cnf ca-certificates ca-certificates.conf pki/tls/certs pki/ca-trust crypto-policies java java-17-openjdk java-21-openjdk maven python3 python3.11 python3.12 python3.13 perl php terminfo inputrc bash.bashrc gitconfig gitattributes mime.types magic magic.mime locale.alias locale.conf fonts os-release debian_version lsb-release redhat-release alpine-release networks static shells vim nanorc papersize machine-id'.split(
    ' ',
  );

/** Programs and their libraries in a home folder. No settings with keys, no caches but of downloaded sources. */
const homeFolders =
  '.nvm .rustup .pyenv .rbenv .nodenv .goenv .jenv .asdf .sdkman .volta .bun/bin .deno/bin .local/bin .local/lib .local/share/mise .local/share/uv .local/share/fnm .local/share/pnpm .local/share/virtualenvs .local/share/pipx .cargo/bin .cargo/registry .cargo/git go/bin go/pkg .m2/repository .gradle/caches .gradle/wrapper .nuget/packages .pub-cache .gitconfig .config/git/config .config/git/ignore .config/git/attributes'.split(
    ' ',
  );

/** The parts of a system that a confined command sees in addition to the workspace: programs, libraries and what these need. */
export function findToolchains(home: string, path: string, roots: readonly string[]): Mount[] {
  const system = [...systemFolders, ...systemFiles.map((name) => `/etc/${name}`)];
  const programs = [...path.split(delimiter), dirname(process.execPath)].flatMap((folder) =>
    programFolders(folder, home, roots),
  );
  const atHome = homeFolders.map((name) => join(home, name));
  const seen = new Set<string>();
  const isInSystem = (each: string) => systemFolders.some((folder) => each.startsWith(`${folder}/`));
  return [...system, ...atHome, ...programs.filter((each) => !isInSystem(each))].flatMap((each) => {
    if (seen.has(each) || !existsSync(each)) return [];
    seen.add(each);
    return mountOf(each) ?? [];
  });
}

function mountOf(path: string): Mount | undefined {
  try {
    return lstatSync(path).isSymbolicLink() ? linkOrBind(path) : { path, from: path };
  } catch {
    // It went away meanwhile.
    return undefined;
  }
}

/** A link within the system stays one (`/bin` to `usr/bin`); any other is bound from where it leads. */
function linkOrBind(path: string): Mount {
  const aim = readlinkSync(path);
  const isWithin = path.startsWith('/etc/') ? /^(\.\.\/usr|\/usr|\/etc)\//.test(aim) : /^\/[a-z0-9]+$/.test(path);
  return isWithin ? { path, from: aim, isLink: true } : { path, from: realpathSync(path) };
}

/** A folder on the PATH, and what belongs to the programs in it (`…/node/bin` needs `…/node/lib`). Never a folder that holds others' things. */
function programFolders(folder: string, home: string, roots: readonly string[]): string[] {
  const real = folder.startsWith('/') ? realFolder(folder) : undefined;
  if (real === undefined) return [];
  // A folder has many spellings (`/home/me/`, a link), and is compared in the plainest two.
  return [resolve(folder), real].flatMap((each) => {
    const own = isOwn(each, home, roots) ? [each] : [];
    const parent = dirname(each);
    const isTree = /^(s?bin|shims|condabin)$/.test(basename(each)) && basename(parent) !== '.local';
    return isTree && isPrefix(parent) && isOwn(parent, home, roots) ? [...own, parent] : own;
  });
}

/** undefined for what is no folder or can't be reached: it may not be searched, or its links go in circles. */
function realFolder(folder: string): string | undefined {
  try {
    return statSync(folder).isDirectory() ? realpathSync(folder) : undefined;
  } catch {
    return undefined;
  }
}

function isPrefix(folder: string): boolean {
  return ['lib', 'libexec', 'include', 'share', 'versions'].some((name) => existsSync(join(folder, name)));
}

/** Whether a folder is a program's own, by its name and by where it leads: not the home folder, not one around it or around the workspace, not in the workspace. */
function isOwn(folder: string, home: string, roots: readonly string[]): boolean {
  const bothOf = (path: string) => [path, realFolder(path) ?? path];
  const closed = roots.flatMap(bothOf);
  const others = [...closed, ...bothOf(resolve(home))];
  return bothOf(folder).every(
    (place) =>
      !/^\/(tmp|var|home|root|run|dev|proc|mnt|media|srv|etc)?$/.test(place) &&
      others.every((other) => other !== place && !other.startsWith(`${place}/`)) &&
      !closed.some((root) => place.startsWith(`${root}/`)),
  );
}
