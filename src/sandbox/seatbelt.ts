import type { ApprovedMounts } from './approved-mounts.ts';

const devices =
  '(literal "/dev/null") (literal "/dev/zero") (literal "/dev/tty") (literal "/dev/dtracehelper") (regex #"^/dev/fd/") (regex #"^/dev/ttys[0-9]+$")';

/** The profile for macOS' sandbox-exec. The last rule that matches decides, so they go from the outer folder to the inner one. */
export function seatbeltProfile(places: ApprovedMounts, network: boolean): string {
  const rules = [
    ...places.hiddenFolders.map((path) => ({ path, rule: `(deny file-read* file-write* (subpath ${quote(path)}))` })),
    ...places.writable.map((path) => ({ path, rule: `(allow file-read* file-write* (subpath ${quote(path)}))` })),
    ...places.readable.map((path) => ({ path, rule: `(allow file-read* (subpath ${quote(path)}))` })),
    ...places.fixed.map((path) => ({ path, rule: `(deny file-write* (subpath ${quote(path)}))` })),
    ...places.hiddenFiles.map((path) => ({ path, rule: `(deny file-read* file-write* (literal ${quote(path)}))` })),
  ];
  const closed = [
    '(deny network*)',
    '(allow network* (local ip "localhost:*") (remote ip "localhost:*"))',
    '(allow network* (local unix-socket) (remote unix-socket))',
  ];
  return [
    '(version 1)',
    '(allow default)',
    '(deny file-write*)',
    `(allow file-write* ${devices})`,
    ...rules.sort((left, right) => left.path.length - right.path.length).map(({ rule }) => rule),
    ...(network ? [] : closed),
    '',
  ].join('\n');
}

function quote(path: string): string {
  return `"${path.replace(/[\\"]/g, '\\$&')}"`;
}
