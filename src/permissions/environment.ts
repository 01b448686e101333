const harmless =
  /^(CI|NO_COLOR|FORCE_COLOR|CLICOLOR(_FORCE)?|LANG|LANGUAGE|LC_[A-Z]+|TZ|TERM|COLUMNS|LINES|NODE_ENV|RAILS_ENV|RACK_ENV|APP_ENV|RUST_LOG|RUST_BACKTRACE|DEBUG|VERBOSE|LOG_LEVEL|PYTHONUNBUFFERED|PYTHONDONTWRITEBYTECODE|PYTHONIOENCODING|CGO_ENABLED|GOOS|GOARCH|VITEST|JEST_WORKER_ID|HUSKY|SKIP|PORT|HOST|CARGO_TERM_COLOR)$/;
const shellsOwn =
  /^(PATH|IFS|ENV|HOME|CDPATH|PS[0-4]|PROMPT_COMMAND|SHELLOPTS|GLOBIGNORE|MAIL(PATH)?|HISTFILE|TMPDIR|OPTIND|EXECIGNORE|FCEDIT|INPUTRC|BASH.*|LD_.*|DYLD_.*|GIT_.*|SSH_.*|NODE_.*|PYTHON.*|PERL.*|RUBY.*|JAVA.*|npm_.*|.*PAGER|.*EDITOR|LESS.*|VISUAL|SHELL|BROWSER)$/;

/** Whether `NAME=value cmd` leaves what the command does as it is. Only well-known names are: any other may run code in some program. */
export function isHarmlessPrefix(name: string): boolean {
  return harmless.test(name);
}

/** Whether `NAME=value` alone, which stays in the shell unless the name is exported already, leaves later commands as they are. */
export function isHarmlessVariable(name: string): boolean {
  return harmless.test(name) || (!shellsOwn.test(name) && process.env[name] === undefined);
}
