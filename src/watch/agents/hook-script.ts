import type { WatchPlaces } from '../watch-places.ts';
import { perlProgram } from './hook-perl.ts';

/**
 * What agents run as their hook: it posts the event to the socket and prints the answer. It takes milliseconds, gives up after 150 of them,
 * and never fails: without a whole answer the agent goes on as if there were no hook. When nobody listens the event is kept, up to a thousand of them, and the resident
 * process is started, by one hook of many. A resident process that no longer answers and has not touched its lock for minutes, as it does every
 * minute, is ended. `node` and `launcher`: how it is started.
 */
export function hookScript(places: WatchPlaces, node: string, launcher: string): string {
  const [hook, socket, spool, starting, lock] = [
    places.hook,
    places.socket,
    places.spool,
    places.starting,
    places.lock,
  ].map(quote);
  return `#!/bin/sh
# wink-agent watch: hands an event of the agent $1 to the observer. Removed by \`wink-agent watch uninstall\`.
node=${quote(node)}
[ -x "$node" ] || node=node
keep() {
  agent=$1
  set -- ${spool}/*
  if [ $# -lt 1000 ]; then
    kept=${spool}/$(date +%s%N)-$$
    { mkdir -p ${spool} && printf %s "$body" > "$kept.part" && mv "$kept.part" "$kept.$agent"; } 2>/dev/null
  fi
  if mkdir ${starting} 2>/dev/null || [ -n "$(find ${starting} -prune -mmin +1 2>/dev/null)" ]; then
    touch ${starting} 2>/dev/null
    ( "$node" ${quote(launcher)} watch resident </dev/null >/dev/null 2>&1 & ) 2>/dev/null
  fi
}
late() {
  [ -n "$(find ${lock} -mmin +3 2>/dev/null)" ] || return
  pid=$(sed -n 's/.*"pid":\\([0-9][0-9]*\\).*/\\1/p' ${lock} 2>/dev/null)
  [ -n "$pid" ] && kill -9 "$pid" 2>/dev/null
}
case $1 in
  keep) body=$(cat); keep "$2"; exit 0 ;;
  late) late; exit 0 ;;
esac
wait="\${WINK_WATCH_SECONDS:-0.15}"
unset PERL5OPT PERL5LIB
export PERL_BADLANG=0
command -v perl >/dev/null 2>&1 && exec perl -e ${quote(perlProgram)} "$1" "$wait" ${socket} ${hook}
body=$(cat)
answer=$(printf %s "$body" | curl -sf -m "$wait" --unix-socket ${socket} --data-binary @- "http://wink/$1" 2>/dev/null)
code=$?
if [ $code = 127 ]; then
  answer=$(printf %s "$body" | "$node" ${quote(launcher)} watch hook "$1" 2>/dev/null)
  code=$?
fi
case $code in
  0) case $answer in "{"*) printf '%s\\n' "$answer" ;; esac ;;
  7) keep "$1" ;;
  28) late ;;
esac
exit 0
`;
}

/** One word for a shell. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
