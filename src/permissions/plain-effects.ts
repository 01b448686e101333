import { programName, type SimpleCommand } from '../core/shell/read-script.ts';
import { withoutGitOptions } from '../core/text/git-options.ts';
import { losesCommits } from './git/losing-commits.ts';
import { startedCommands } from './started-commands.ts';

/**
 * What commands plainly do, by their names, so that a question comes at once instead of after a vain try. It holds nothing back: a
 * command that is not here runs in the sandbox of its mode, where it can do no harm, and is asked about when it fails for want of more.
 */
export type Effect = 'writes' | 'commits' | 'rewrites' | 'network' | 'system';

const names: Readonly<Record<Effect, string>> = {
  writes:
    'rm rmdir unlink rimraf mv cp mkdir touch ln chmod chown chgrp truncate dd patch install shred mkfifo gunzip gzip bzip2 xz zip make cmake ninja rsync',
  commits:
    'git add|git commit|git checkout|git switch|git restore|git rm|git mv|git merge|git cherry-pick|git revert|git am|git apply|git init|git branch|git tag|git stash|git notes|git update-index',
  rewrites:
    'git reset|git clean|git rebase|git reflog|git gc|git prune|git filter-branch|git update-ref|git stash drop|git stash clear|git config|git worktree|git submodule|git remote',
  network:
    'curl wget ssh scp sftp ftp nc ncat netcat telnet ping traceroute dig nslookup whois gh glab docker podman kubectl helm terraform aws gcloud az heroku vercel netlify fly firebase wrangler apt apt-get dnf yum apk pacman brew snap|git push|git pull|git fetch|git clone|git ls-remote|npm install|npm i|npm ci|npm add|npm update|npm publish|npm audit|npm outdated|npm view|npm info|npm search|npm login|npm create|npm init|pnpm install|pnpm i|pnpm add|pnpm update|pnpm publish|pnpm create|yarn install|yarn add|yarn upgrade|yarn publish|yarn create|bun install|bun add|bun create|pip install|pip3 install|pip download|pipx install|uv sync|uv add|uv pip|poetry install|poetry add|poetry publish|cargo add|cargo install|cargo publish|cargo fetch|cargo update|cargo search|go get|go install|gem install|bundle install|bundle update|composer install|composer require|composer update|rustup update|rustup install',
  system:
    'sudo su doas systemctl service kill pkill killall crontab at mount umount reboot shutdown halt useradd userdel passwd launchctl osascript open xdg-open tmux screen',
};

const effects = new Map<string, Effect>(
  (Object.entries(names) as [Effect, string][]).flatMap(([effect, text]) =>
    text
      .split('|')
      .flatMap((piece, index) =>
        (index === 0 && !piece.startsWith('git') ? piece.split(' ') : [piece]).map((name): [string, Effect] => [
          name,
          effect,
        ]),
      ),
  ),
);

const weight: Readonly<Record<Effect, number>> = { writes: 1, commits: 2, rewrites: 3, network: 4, system: 5 };

/** The gravest of what a command plainly does and of what it starts (`env rm`, `find -exec rm`, `sh -c 'rm x'`). */
export function startedEffect(command: SimpleCommand): Effect | undefined {
  return startedCommands(command)
    .map((each) => plainEffect(each.command))
    .reduce((gravest, each) => (each && (!gravest || weight[each] > weight[gravest]) ? each : gravest), undefined);
}

/** What a command plainly does itself; undefined when its name says nothing. */
export function plainEffect(command: SimpleCommand): Effect | undefined {
  const values = withoutWrappers(command.words.map(({ value }) => value));
  const name = programName(values[0] ?? '');
  const own = name === 'git' ? withoutGitOptions(values.slice(1)) : values.slice(1);
  const [second = '', third = ''] = own.filter((value) => !value.startsWith('-') || name !== 'git');
  const found = effects.get(`${name} ${second} ${third}`) ?? effects.get(`${name} ${second}`) ?? effects.get(name);
  if (name === 'git') return gitEffect(values, second, found);
  if (/^(gzip|xz|bzip2)$/.test(name) && values.some((value) => /^-[lt]/.test(value))) return undefined;
  if (name === 'make' && values.some((value) => /^(-[a-z]*[nq]|--dry-run|--just-print|--question)$/.test(value)))
    return undefined;
  if (found) return found;
  const has = (pattern: RegExp) => values.slice(1).some((value) => pattern.test(value));
  if ((/^g?sed$/.test(name) && has(/^(-[nErsuz]*i|--in-place)/)) || (name === 'perl' && has(/^-[a-z]*i/)))
    return 'writes';
  if (name === 'tee' && has(/^[^-]/)) return 'writes';
  if (name === 'find' && has(/^-(delete|fprint|fls)/)) return 'writes';
  if (name === 'sort' && has(/^(-[a-zA-Z]*o|--output)/)) return 'writes';
  return name === 'tar' && has(/^-?[a-zA-Z]*[xcru]/) && !has(/^-?[a-zA-Z]*t[a-zA-Z]*$/) ? 'writes' : undefined;
}

/** Options with which a subcommand of git lists, and those with which it takes something away for good. */
function gitEffect(values: readonly string[], subcommand: string, found: Effect | undefined): Effect | undefined {
  const args = values.slice(values.indexOf(subcommand) + 1);
  const has = (pattern: RegExp) => args.some((value) => pattern.test(value));
  if (found === 'commits' && losesCommits(subcommand, args)) return 'rewrites';
  if (
    /^(branch|tag)$/.test(subcommand) &&
    (args.length === 0 || has(/^(-[arvl]+|--(list|show-current|all|contains|merged|sort).*)$/))
  )
    return undefined;
  if (subcommand === 'reflog' && !has(/^(expire|delete|drop|write)$/)) return undefined;
  if (/^(stash|worktree|submodule|remote|config|notes)$/.test(subcommand)) {
    const isListing =
      has(/^(list|show|status|get-url|-v|--list|-l|--get.*|get)$/) || (subcommand !== 'stash' && args.length === 0);
    if (isListing) return undefined;
    if (subcommand === 'config' && args.length === 1 && !args[0]!.startsWith('-')) return undefined;
  }
  if (subcommand === 'remote' && has(/^(update|prune|show)$/)) return 'network';
  return found;
}

/** The words after `time`, `timeout 60`, `nice`, `nohup` and `command`, which start what follows as it is. */
export function withoutWrappers(words: readonly string[]): readonly string[] {
  let at = 0;
  for (;;) {
    if (/^(time|nohup|command|nice)$/.test(words[at] ?? '') && !words[at + 1]?.startsWith('-')) at += 1;
    else if (words[at] === 'timeout' && /^\d+[smhd]?$/.test(words[at + 1] ?? '')) at += 2;
    else return words.slice(at);
  }
}

/** The words of a command by which rules know it: without such wrappers, and its program by its name. */
export function programWords({ words }: SimpleCommand): readonly string[] {
  const [first = '', ...rest] = words.map(({ value }) => value);
  const [name, ...own] = words.length === 0 ? [] : withoutWrappers([programName(first), ...rest]);
  return name === undefined ? [] : [programName(name), ...own];
}
