const withValue = /^(?:-C|-c|--git-dir|--work-tree|--namespace|--exec-path|--config-env)$/;

/** A git command from its verb on: what follows `git`, without the options before the verb (`-C folder`, `-c key=value`, `--no-pager`). */
export function withoutGitOptions(args: readonly string[]): readonly string[] {
  let at = 0;
  while (args[at]?.startsWith('-')) at += withValue.test(args[at]!) ? 2 : 1;
  return args.slice(at);
}
