import type { WatchPlaces } from './places.ts';

/**
 * What agents run as their hook: it posts the event to the socket and prints the answer. It takes milliseconds, gives up after 150 of them,
 * and never fails: without a whole answer the agent goes on as if there were no hook. When nobody listens the event is kept and the resident
 * process is started, by one hook of many. A resident process that no longer answers and has not touched its lock for minutes, as it does every
 * minute, is ended. `node` and `launcher`: how it is started.
 */
export function hookScript({ socket, spool, starting, lock }: WatchPlaces, node: string, launcher: string): string {
  return `#!/bin/sh
# wink-agent watch: hands an event of the agent $1 to the observer. Removed by \`wink-agent watch uninstall\`.
body=$(cat)
node=${quote(node)}
[ -x "$node" ] || node=node
answer=$(printf %s "$body" | curl -sf -m "\${WINK_WATCH_SECONDS:-0.15}" --unix-socket ${quote(socket)} --data-binary @- "http://wink/$1" 2>/dev/null)
code=$?
if [ $code = 127 ]; then
  answer=$(printf %s "$body" | "$node" ${quote(launcher)} watch hook "$1" 2>/dev/null)
  code=$?
fi
case $code in
  0)
    case $answer in "{"*) printf '%s\\n' "$answer" ;; esac
    ;;
  7)
    kept=${quote(spool)}/$(date +%s%N)-$$
    { mkdir -p ${quote(spool)} && printf %s "$body" > "$kept.part" && mv "$kept.part" "$kept.$1"; } 2>/dev/null
    if mkdir ${quote(starting)} 2>/dev/null || [ -n "$(find ${quote(starting)} -prune -mmin +1 2>/dev/null)" ]; then
      touch ${quote(starting)} 2>/dev/null
      ( "$node" ${quote(launcher)} watch resident </dev/null >/dev/null 2>&1 & ) 2>/dev/null
    fi
    ;;
  28)
    if [ -n "$(find ${quote(lock)} -mmin +3 2>/dev/null)" ]; then
      pid=$(sed -n 's/.*"pid":\\([0-9][0-9]*\\).*/\\1/p' ${quote(lock)} 2>/dev/null)
      [ -n "$pid" ] && kill -9 "$pid" 2>/dev/null
    fi
    ;;
esac
exit 0
`;
}

/** One word for a shell. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
