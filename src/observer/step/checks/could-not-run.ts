/** The program of a check, or the script it is to run, is not there, as shells and interpreters say it. */
const programMissing =
  /: command not found$|^\S+: (?:line )?\d+: \S+: not found$|^\S*(?:sh|env|make(?:\[\d+\])?|sudo|nohup|timeout|xargs|python[\d.]*): .*: (?:\[Errno 2\] )?No such file or directory$|\b(?:command|program|executable|interpreter) (?:\S+ )?could not be found/im;

/**
 * Whether a check that failed with these words never began. A missing module says so only where it is the one to be run (`python -m pytest`): what
 * the code imports may be missing because of what was changed.
 */
export function couldNotRun(output: string, command: string): boolean {
  if (programMissing.test(output)) return true;
  const missing = /No module named ['"]?([\w-]+)/.exec(output)?.[1];
  return missing !== undefined && new RegExp(`(?:^|[\\s/;&|(])(?:-m ?)?${missing}(?:[\\s;&|)]|$)`).test(command);
}
