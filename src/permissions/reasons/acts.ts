/** A program, or one with its subcommand; what it does; how much may be lost (1 to 4, 1 by default; what runs programs is a little graver than what writes files). */
export type Act = readonly [RegExp, string, number?];

/** What well-known programs do, after their name: what a person is asked about in words that need no second reading. */
export const acts: readonly Act[] = [
  [/^(rm|rmdir|unlink|shred|rimraf|trash|srm|wipe)$/, 'deletes files', 3],
  [/^(mkfs(\..+)?|wipefs|fdisk|sfdisk|parted)$/, 'erases a disk', 4],
  [/^(shutdown|reboot|halt|poweroff)$/, 'stops the machine', 3],
  [
    /^(kubectl|oc) (apply|create|replace|patch|edit|scale|rollout|set|label|annotate|cordon|taint|exec|cp|run)$/,
    'changes what runs elsewhere',
    3,
  ],
  [/^helm (install|upgrade|rollback)$/, 'changes what runs elsewhere', 3],
  [/^(terraform|tofu) (apply|import|state|taint)$/, 'changes what runs elsewhere', 3],
  [
    /^(pulumi up|(firebase|wrangler|fly|flyctl|vercel|netlify|serverless|cdk) (deploy|publish|up))$/,
    'changes what runs elsewhere',
    3,
  ],
  [/^(dropdb|dropuser)$/, 'deletes a database', 4],
  [/^git (filter-branch|filter-repo)$/, 'rewrites the whole history', 4],
  [/^git push$/, 'sends commits to a remote', 2],
  [/^git restore$/, 'throws away uncommitted changes', 3],
  [/^git rebase$/, 'rewrites commits', 2],
  [/^git (config|remote)$/, "changes the repository's settings", 1.5],
  [/^git worktree$/, 'makes or moves another working folder of the repository', 1.5],
  [/^git fetch$/, 'gets commits of a remote'],
  [
    /^git (reset|checkout|restore|clean|stash|merge|revert|switch|commit|add|rm|mv|pull|cherry-pick|apply)$/,
    'changes the repository',
  ],
  [/^(mv|rename)$/, 'moves files'],
  [/^truncate$/, 'empties or cuts files', 2],
  [/^(cp|tee|touch|mkdir|ln|install|dd|sed|patch|tar|unzip|zip|gzip|rsync)$/, 'writes files'],
  [/^(chmod|chown|chgrp)$/, 'changes the owner or permissions of files', 2],
  [/^(sudo|doas|su)$/, 'runs a command as another user', 3],
  [/^(kill|pkill|killall)$/, 'ends processes', 2],
  [/^(crontab|at|batch)$/, 'changes which commands run later', 2],
  [
    /^(npm|pnpm|yarn|bun|pip|pip3|uv|cargo|gem|brew|apt|apt-get|go|composer) (i|install|add|ci|get|update|upgrade|remove|uninstall)$/,
    'installs or removes packages',
    2,
  ],
  [/^(npm|pnpm|yarn|bun|cargo|poetry|uv|twine|gem) (publish|upload|push|unpublish|yank)$/, 'publishes a package', 3],
  [/^(sh|bash|zsh|dash|fish|python\d*(\.\d+)?|node|ruby|perl|php|deno|bun|lua|Rscript)$/, 'runs a program', 1.5],
  [/^(npm|pnpm|yarn|bun) (test|t|run|exec|start)$/, 'runs scripts of this repository', 1.5],
  [/^(docker|podman) (run|exec|compose|build)$/, 'runs programs that may reach the whole machine', 2],
  [/^(make|just|gradle|mvn|cargo|go|npx|bunx|pnpx)$/, 'runs programs', 1.5],
  [/^[^ ]*\/[^ ]*$/, 'is a program that may do anything', 1.5],
];

/** Programs that act on what runs or is kept on other machines, with words that take it away. */
const elsewhere =
  /^(kubectl|oc|helm|terraform|tofu|pulumi|aws|gcloud|gsutil|az|heroku|vercel|netlify|fly|flyctl|firebase|wrangler|doctl|gh|glab|rclone|mc|s3cmd) (?!exec$)/;
const takesAway =
  /^(delete|deletefile|destroy|rm|rb|del|remove|uninstall|purge|prune|drain|terminate|unpublish)$|^(delete|terminate|remove|purge|deregister)-[a-z-]+$|^apps:destroy$/;

/** What a single word makes of a command: its program and subcommand, the word, what it does then, and how much may be lost. */
export const graver: readonly (readonly [RegExp, RegExp, string, number])[] = [
  [elsewhere, takesAway, 'deletes what runs or is kept elsewhere', 4],
  [/^(gh|glab) api$/, /^(-XDELETE|DELETE|--method=DELETE)$/i, 'deletes what runs or is kept elsewhere', 4],
  [
    /^(gh|glab) (repo|release|secret|pr|mr|issue|workflow|run|gist|label|variable|ssh-key)$/,
    /^(create|new|edit|update|merge|close|reopen|comment|note|review|approve|ready|lock|unlock|set|rename|archive|transfer|enable|disable|rerun|cancel|upload|add|fork|sync|deploy-key)$/,
    'changes a repository elsewhere',
    3,
  ],
  [
    /^(gh|glab) api$/,
    /^(-X.*|--method.*|-f.*|-F.*|--(raw-)?field.*|--input.*)$/,
    'may change a repository elsewhere',
    3,
  ],
  [/^aws s3$/, /^--delete$/, 'deletes what runs or is kept elsewhere', 4],
  [/^ssh /, /^-[a-zA-Z]*R/, 'lets another machine connect to this one', 3],
  [/^(rm|rimraf|trash|shred) /, /^(.*\/)?\.git\/?$/, 'deletes the history of the repository', 4],
  [/^(rm|rimraf|trash|shred) /, /^(\.{1,2}(\/\.{1,2})*\/?|(\.\/)?\*)$/, 'deletes everything in its folder', 4],
  [/^git push$/, /^(--force.*|-\w*f\w*|\+.+)$/, 'overwrites commits on a remote', 4],
  [/^git push$/, /^(--delete|-d|--mirror|--prune|:.+)$/, 'deletes branches on a remote', 4],
  [/^git reset$/, /^--hard$/, 'throws away uncommitted changes', 4],
  [/^git clean$/, /^(-\w*f\w*|--force)$/, 'deletes untracked files', 4],
  [/^git checkout$/, /^-[a-zA-Z]*B/, 'takes commits off a branch', 3],
  [/^git switch$/, /^(-[a-zA-Z]*C|--force-c)/, 'takes commits off a branch', 3],
  [
    /^git checkout$/,
    /^(--|\.|-\w*f\w*|--force|--ours|--theirs|--pathspec-from-file.*)$/,
    'throws away uncommitted changes',
    3,
  ],
  [/^git switch$/, /^(-\w*f\w*|--force|--di.*)$/, 'throws away uncommitted changes', 3],
  [/^git branch$/, /^(-\w*[fMC]\w*|--force)$/, 'takes commits off a branch', 3],
  [/^git branch$/, /^-\w*D\w*$/, 'deletes branches', 3],
  [/^git commit$/, /^--amend$/, 'replaces the last commit', 2],
  [/^git tag$/, /^(-d|--delete)$/, 'deletes tags', 3],
  [/^git update-ref$/, /^-d$/, 'deletes branches', 3],
  [/^git reflog$/, /^(expire|delete|drop)$/, 'deletes the way back to earlier commits', 4],
  [/^git (gc|prune)$/, /^(--prune.*|--expire.*)$/, 'deletes the way back to earlier commits', 4],
  [/^git worktree$/, /^remove$/, 'deletes files', 3],
  [/^git submodule$/, /^deinit$/, 'deletes files', 3],
  [/^git submodule$/, /^foreach$/, 'runs a command in every submodule', 2],
  [/^git rebase$/, /^(-x.*|--exec.*)$/, 'rewrites commits and runs a command after each', 2],
  [
    /^(npm|pnpm|yarn|bun) (test|t|run|exec|start)$/,
    /^(--prefix|-C|--cwd|--dir)(=.*)?$/,
    'runs scripts of another folder',
    1.6,
  ],
  [/^find /, /^-delete$/, 'deletes files', 3],
  [/^rsync /, /^--(delete|remove).*$/, 'deletes files', 3],
  [/^dd /, /^of=\/dev\/(?!null$|zero$|std).*$/, 'overwrites a device', 4],
  [
    /^(docker|podman) (rm|rmi|kill|volume|image|container|network|system|builder|buildx)$/,
    /^(rm|rmi|remove|prune|kill)$/,
    'deletes containers, images or volumes',
    3,
  ],
  [/^(docker|podman) compose$/, /^(down|rm|kill)$/, 'deletes containers, images or volumes', 3],
  [/^docker-compose /, /^(down|rm|kill)$/, 'deletes containers, images or volumes', 3],
  [
    /^(systemctl|service|launchctl) /,
    /^(start|stop|restart|reload|enable|disable|mask|kill|isolate|load|unload|bootout|bootstrap|kickstart)$/,
    'starts, stops or changes services',
    2,
  ],
  [/^crontab /, /^-r$/, 'deletes all commands that were to run later', 3],
  [/^gpg2? /, /^--delete-.*$/, 'deletes keys', 4],
  [
    /^(psql|mysql|mariadb|sqlite3|duckdb|mongosh|mongo|redis-cli|cqlsh|sqlcmd) /,
    /\b(drop|delete|truncate|flushall|flushdb|dropDatabase|deleteMany|deleteOne)\b/i,
    'deletes data',
    3,
  ],
];

/** Options that name a program to start: with one, a command does more than its name says. */
export const starters: readonly (readonly [RegExp, RegExp])[] = [
  [/^g?tar /, /^(--(checkpoint-a|use-c|to-c|info-s|new-vo|rsh|rmt).*|-[a-zA-Z]*[IF].*)$/],
  [/^rsync /, /^(-[a-zA-Z]*e.*|--rsh.*|--rsync-path.*)$/],
  [/^(ssh|scp|sftp) /, /(Proxy|Local|KnownHosts)Command|^-S/i],
  [/^sort /, /^--comp.*$/],
  [/^rg /, /^--(pre|hostname-bin)(=.*)?$/],
  [/^git (fetch|pull|push|clone|ls-remote|archive)$/, /^--(upload-pack|receive-pack|exec)(=.*)?$/],
  [/^git clone$/, /^-u.*$/],
  [/^git /, /^ext::/],
  [/^git grep$/, /^(-O.*|--open-files.*)$/],
  [/^git bisect$/, /^run$/],
  [/^zip /, /^(-TT|--unzip-command.*)$/],
  [/^man /, /^(-P.*|--pager.*)$/],
  [/^wget /, /^--use-askpass.*$/],
  [/^(vim?|nvim|view|emacs|ed|ex) /, /^(-c|-S|\+.+|--cmd|--eval|-es?)$/],
];
