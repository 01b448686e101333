/**
 * What a program runs or obeys merely because a folder is opened or entered, or the program is started there: written only with the user's
 * word. What only a person's own command starts by its name (scripts of package.json, a Makefile, a workflow of CI) is ordinary work and not
 * in it. A name ends in `/` for a folder with all that is in it, `*` stands for any text within a name.
 */
export const protectedFiles = {
  git: '.git/ .gitmodules .gitconfig .config/git/ .husky/ lefthook*.yml lefthook*.yaml lefthook*.toml lefthook*.json .lefthook*.yml .lefthook*.yaml .lefthook*.toml .lefthook*.json .config/lefthook*.yml .config/lefthook*.yaml .config/lefthook*.toml .config/lefthook*.json .pre-commit-config.yaml .pre-commit-config.yml .hg/hgrc .hg/hgrc-not-shared .jj/repo/config.toml .jj/workspace-config.toml',
  agents:
    '.wink/ .mcp.json .claude/ .codex/ .gemini/ .cursor/ .opencode/ opencode.json opencode.jsonc .opencode.json .windsurf/ .roo/ .kiro/ .amazonq/ .trae/ .qwen/ .factory/ .copilot/ .continue/ .junie/ .augment/ .amp/ .pi/ .grok/ .clinerules/ .crush/ .crush.json crush.json .aider.conf.yml .openhands/ .kilocode/ .rovodev/ .agents/skills/ .agents/plugins/ .agents/mcp.json .agents/hooks.json',
  editors:
    '.vscode/ *.code-workspace *.sublime-project .idea/ .zed/ .devcontainer/ .devcontainer.json .vs/ .fleet/ .theia/ .helix/ .nvim.lua .nvim/ .nvimrc .vim/ .vimrc .gvimrc .exrc .lazy.lua .dir-locals.el .dir-locals-2.el',
  shells:
    '.envrc .envrc.local .autoenv.zsh .shadowenv.d/ .tool-versions mise.toml mise.*.toml .mise.toml .mise.*.toml .mise/ .config/mise/ .config/mise.toml .rvmrc .bashrc .bash_profile .bash_login .bash_logout .bash_aliases .profile .zshrc .zshenv .zlogin .zlogout .zprofile .kshrc .cshrc .tcshrc .config/fish/ .inputrc',
  programs:
    '.npmrc .yarnrc .yarnrc.yml .yarn/releases/ .yarn/plugins/ .pnpmfile.cjs .pnpmfile.mjs .cargo/config .cargo/config.toml .mvn/ bunfig.toml .ripgreprc .gdbinit .lldbinit .pdbrc .perldb .ocamlinit .octaverc .rprofile .irbrc .pryrc .ghci .iex.exs .erlang',
} as const;

const entries = Object.values(protectedFiles).flatMap((names) => names.split(' '));

/** Names in the workspace's own folder that a command may not make, where no folder can be looked through for more. */
export const protectedNames: readonly string[] = entries
  .filter((entry) => !entry.includes('*'))
  .map((entry) => entry.replace(/\/$/, ''));

const sources = entries.map((entry) => {
  const name = entry.replace(/\/$/, '').replace(/[.+]/g, '\\$&').replaceAll('*', '[^/]*');
  return entry.endsWith('/') ? `${name}(?:/|$)` : `${name}$`;
});

const any = new RegExp(`(?:^|/)(?:${sources.join('|')})`, 'i');
const each = entries.map((entry, index) => ({ entry, test: new RegExp(`(?:^|/)${sources[index]}`, 'i') }));

/** Those of the names that don't begin with a dot, and so are no reason to look at every path closely. */
const undotted = new RegExp(
  `^(?:${sources.filter((_, index) => /^[^./]+[^/]*$/.test(entries[index]!)).join('|')})`,
  'i',
);

/** Agents keep linked worktrees in their own folders: what is in one is as ordinary as in any other. */
const worktree = /^.*?\.(?:claude|codex|gemini|cursor|opencode|wink|agents|pi)\/worktrees\/[^/]+(?:\/|$)/;

/** Whether a file runs code or lifts permissions by itself, by its name or that of a folder around it. */
export function isProtected(given: string): boolean {
  // Asked half a million times in a large workspace.
  const path = given.includes('/worktrees/') ? given.replace(worktree, '/') : given;
  const mayBe = path.includes('/.') || path.startsWith('.') || undotted.test(path.slice(path.lastIndexOf('/') + 1));
  return mayBe && any.test(path);
}

/** Each protected thing that a path names: of `.vscode/.git/config` both folders. */
export function protectedThings(path: string): string[] {
  const own = path.replace(worktree, '/');
  return isProtected(path) ? each.filter(({ test }) => test.test(own)).map(({ entry }) => entry) : [];
}

/** What is protected below a folder of this name whose own name says nothing: of `.config` git's settings, mise's and fish's. */
export function protectedBelow(name: string): readonly string[] {
  return below.get(name.toLowerCase()) ?? [];
}

const below = new Map<string, readonly string[]>(
  protectedNames
    .filter((each) => each.includes('/'))
    .map((each) => each.slice(0, each.indexOf('/')))
    .map((first) => [
      first,
      protectedNames.filter((each) => each.startsWith(`${first}/`)).map((each) => each.slice(first.length + 1)),
    ]),
);
