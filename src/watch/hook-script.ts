import type { WatchPlaces } from './places.ts';

/**
 * What agents run as their hook: it posts the event to the socket and prints the answer. It takes milliseconds, gives up after 150 of them,
 * and never fails: without an answer the agent goes on as if there were no hook. When nobody listens the event is kept and the resident
 * process is started. `node` and `launcher`: how it is started.
 */
export function hookScript({ socket, spool }: WatchPlaces, node: string, launcher: string): string {
  return `#!/bin/sh
# wink-agent watch: hands an event of the agent $1 to the observer. Removed by \`wink-agent watch uninstall\`.
body=$(cat)
node=${quote(node)}
[ -x "$node" ] || node=node
printf %s "$body" | curl -sf -m "\${WINK_WATCH_SECONDS:-0.15}" --unix-socket ${quote(socket)} --data-binary @- "http://wink/$1" 2>/dev/null
case $? in
  7)
    kept=${quote(spool)}/$(date +%s%N)-$$
    { mkdir -p ${quote(spool)} && printf %s "$body" > "$kept.part" && mv "$kept.part" "$kept.$1"; } 2>/dev/null
    ( "$node" ${quote(launcher)} watch resident </dev/null >/dev/null 2>&1 & ) 2>/dev/null
    ;;
  127)
    printf %s "$body" | "$node" ${quote(launcher)} watch hook "$1" 2>/dev/null
    ;;
esac
exit 0
`;
}

/** One word for a shell. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
