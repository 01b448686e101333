import { hasOption, operandsOf } from './flags.ts';
import type { Argument } from './words.ts';

const sedPieces = [
  /^[\s;{}!]+/,
  /^\d+(~\d+)?/,
  /^\$/,
  /^,\s*(\+\d+|~\d+)?/,
  /^\/(?:\\.|\[[^\]]*\]|[^/\\\n])*\/[IM]*/,
  /^[pPdDqQnNgGhHxl=](?=[\s;}]|$)/,
  /^[qQ]\s*\d+/,
  /^s([/|#,@:!%~+_])(?:\\.|(?!\1)[^\\\n])*\1(?:\\.|(?!\1)[^\\\n])*\1[gpIi0-9]*(?=[\s;}]|$)/,
  /^y([/|#,])(?:\\.|(?!\1)[^\\\n])*\1(?:\\.|(?!\1)[^\\\n])*\1/,
];

/** Whether a sed command only prints: no `-i`, no script file, and a script of addresses, prints, deletions and plain substitutions. */
export function isReadOnlySed(args: readonly Argument[]): boolean {
  if (
    args.some(
      ({ value }) =>
        value.startsWith('-') &&
        value !== '-' &&
        !/^(-[nErsuz]+|-[nErsuz]*e|--(quiet|silent|regexp-extended|expression=.*|posix|null-data|separate))$/s.test(
          value,
        ),
    )
  )
    return false;
  return sedScripts(args).every(isPrintingScript);
}

function sedScripts(args: readonly Argument[]): string[] {
  const scripts: string[] = [];
  args.forEach(({ value }, index) => {
    if (/^-[nErsuz]*e$/.test(value)) scripts.push(args[index + 1]?.value ?? '');
    if (value.startsWith('--expression=')) scripts.push(value.slice('--expression='.length));
  });
  const first = operandsOf(args)[0];
  return scripts.length > 0 ? scripts : first ? [first.value] : [];
}

function isPrintingScript(script: string): boolean {
  let rest = script;
  while (rest !== '') {
    const piece = sedPieces.map((pattern) => pattern.exec(rest)?.[0] ?? '').find((match) => match !== '');
    if (piece === undefined) return false;
    rest = rest.slice(piece.length);
  }
  return true;
}

/** Whether an awk command only prints: a program in its arguments without system, pipes, redirections, getline, ENVIRON or extensions. */
export function isReadOnlyAwk(args: readonly Argument[]): boolean {
  const options = args.filter(({ value }) => value.startsWith('-') && value !== '-');
  if (!options.every(({ value }) => /^(-F.*|-v.*|--)$/s.test(value))) return false;
  const program = operandsOf(args, new Set(['-F', '-v']))[0]?.value ?? '';
  const code = program.replaceAll('||', '').replace(/>=|=>/g, '');
  return (
    !/system|\||>|getline|@|ENVIRON|PROCINFO|ARGV|ARGC|close|fflush|\\x|\\[0-7]/.test(code) &&
    !hasOption(args, 'fiEl', ['file', 'include', 'load', 'exec'])
  );
}
