/** What ends with another code than 0 as a matter of course, so that its code says nothing of note. */
const searching =
  /^(?:e?grep|fgrep|rg|ag|git (?:grep|diff|log)|diff|cmp|comm|ls|find|fd|which|command|test|\[|cat|head|tail|echo|printf|ps|pgrep|yes|timeout)\b/;

/** Prints the codes of the last pipeline when one of them is neither 0 nor the end of a reader that had enough (141). */
// biome-ignore-start lint/suspicious/noTemplateCurlyInString: these are variables of the shell
const report = [
  'wink_codes=("${PIPESTATUS[@]}")',
  'if [ ${#wink_codes[@]} -gt 1 ]; then for wink_code in "${wink_codes[@]}"',
  'do case $wink_code in 0|141) ;; *) printf "\\n[exit codes of the pipeline: %s]\\n" "${wink_codes[*]}"; break ;; esac; done; fi',
].join('; ');
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: as above

/**
 * A line for bash that also reports the exit codes of its last pipeline, where a pipe would hide that its first part failed (`npm test |
 * tail`). Lines without a pipe, lines that only search, and other shells are left as they are.
 */
export function withPipeStatus(command: string, shell: string): string {
  const last = command
    .trim()
    .replace(/^(?:cd\s+\S+\s*(?:&&|;)\s*)+/, '')
    .replace(/^(?:\w+=\S*\s+)+/, '');
  const hasPipe = /[^|]\|(?![|])/.test(last);
  if (!hasPipe || searching.test(last) || !/bash$/.test(shell)) return command;
  return `trap '${report}' EXIT; ${command}`;
}
