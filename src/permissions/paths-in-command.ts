import { realpathSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

/** A word may be a path, or hold one after `=` (`--file=x`), a colon (`HEAD:x`), `@` (`-d @x`) or a one-letter option (`-t.git`). */
export function pathsInWord({ value }: { readonly value: string }): string[] {
  const ends = [value.indexOf('='), value.lastIndexOf(':'), value.lastIndexOf('@')].filter((at) => at >= 0);
  const glued = /^-[A-Za-z](.+)$/s.exec(value)?.[1];
  const parts = ends.map((at) => value.slice(at + 1));
  // The end of `s/a:/b:/` is no path.
  const last = value[Math.max(...ends)] === ':' ? parts.filter((part) => part !== '/') : parts;
  return [value, ...(glued ? [glued] : []), ...last].filter((each) => each !== '');
}

const harmless =
  /^(CI|NO_COLOR|FORCE_COLOR|CLICOLOR(_FORCE)?|LANG|LANGUAGE|LC_[A-Z]+|TZ|TERM|COLUMNS|LINES|NODE_ENV|RAILS_ENV|RACK_ENV|APP_ENV|RUST_LOG|RUST_BACKTRACE|DEBUG|VERBOSE|LOG_LEVEL|PYTHONUNBUFFERED|PYTHONDONTWRITEBYTECODE|PYTHONIOENCODING|CGO_ENABLED|GOOS|GOARCH|VITEST|JEST_WORKER_ID|HUSKY|SKIP|PORT|HOST|CARGO_TERM_COLOR)$/;

/** Whether a variable may change what the program behind it does. Only well-known ones do not. */
export function isSteering(name: string): boolean {
  return !harmless.test(name);
}

/** The path that a word means; where `..` follows a link, also the one that the system makes of it. */
export function pathsOf(folder: string, value: string): string[] {
  const plain = resolve(folder, value);
  if (!/(^|\/)\.\.(\/|$)/.test(value)) return [plain];
  const raw = value.startsWith('/') ? value : `${folder}/${value}`;
  try {
    return [plain, realpathSync.native(raw)];
  } catch {
    // It does not exist (yet): then its folder says where it would be.
  }
  try {
    return [plain, join(realpathSync.native(raw.slice(0, raw.lastIndexOf('/'))), basename(raw))];
  } catch {
    return [plain];
  }
}
