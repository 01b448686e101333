/**
 * Brings the forms in which models call a shell into ours: time-outs in milliseconds, a folder to run in, a command as a list of
 * arguments. `["bash", "-lc", "..."]` is its script; another list is quoted word by word.
 */
export function plainShellArguments(raw: unknown): unknown {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return raw;
  const { cwd, workdir, working_directory, timeout, timeout_ms, timeoutMs, ...rest } = { ...raw } as Record<
    string,
    unknown
  >;
  const plain: Record<string, unknown> = { ...rest };
  if (Array.isArray(plain.command)) plain.command = joinWords(plain.command);
  const folder = cwd ?? workdir ?? working_directory;
  if (typeof plain.command === 'string' && typeof folder === 'string' && folder !== '' && folder !== '.') {
    plain.command = `cd ${quoteWord(folder)} && {\n${plain.command}\n}`;
  }
  const seconds = secondsOf(timeout_ms ?? timeoutMs, 1000) ?? secondsOf(timeout, Number(timeout) >= 1000 ? 1000 : 1);
  if (plain.timeoutSeconds === undefined && seconds !== undefined) plain.timeoutSeconds = seconds;
  return plain;
}

/** Numbers from 1000 on can only be meant as milliseconds where the unit is not named. */
function secondsOf(value: unknown, unitsPerSecond: number): number | undefined {
  const number = typeof value === 'string' ? Number(value) : value;
  return typeof number === 'number' && number > 0 ? Math.ceil(number / unitsPerSecond) : undefined;
}

function joinWords(words: readonly unknown[]): string {
  const [program, option, script, ...more] = words.map(String);
  const isScript = /(^|\/)(ba|z|da)?sh$/.test(program ?? '') && /^-[a-z]*c$/.test(option ?? '');
  if (isScript && script !== undefined && more.length === 0) return script;
  return words.map((word) => quoteWord(String(word))).join(' ');
}

function quoteWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
