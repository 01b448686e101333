/** Whether a host always means this machine, as a URL spells it (`[::1]`). */
export function isThisMachine(hostname: string): boolean {
  return /^(?:(?:.+\.)?localhost|127\.\d+\.\d+\.\d+|\[::1\]|0\.0\.0\.0)$/.test(hostname);
}

/** Whether a host is this machine, or one in its private network by its address or a name that is given only there. */
export function isNearHost(hostname: string): boolean {
  return (
    isThisMachine(hostname) ||
    /^(?:10\.\d+|192\.168|172\.(?:1[6-9]|2\d|3[01]))\.\d+\.\d+$/.test(hostname) ||
    /^\[f[cd][\da-f]{2}:/.test(hostname) ||
    /\.(?:local|lan|internal)$/.test(hostname)
  );
}
