import { createKeyParser, type Key } from './keys.ts';

/** How long a lone Esc may be the beginning of a longer sequence that is still on its way (ssh cuts them apart). */
const escapeMs = 30;

/** Hands on what the terminal sends as keys; returns the way to stop. */
export function listenToKeys(stdin: NodeJS.ReadStream, press: (key: Key) => void): () => void {
  const parser = createKeyParser();
  let timer: NodeJS.Timeout | undefined;
  const onData = (chunk: string) => {
    clearTimeout(timer);
    for (const key of parser.push(chunk)) press(key);
    if (parser.isPending()) {
      timer = setTimeout(() => {
        for (const key of parser.flush()) press(key);
      }, escapeMs);
    }
  };
  stdin.setEncoding('utf8');
  stdin.on('data', onData);
  return () => {
    clearTimeout(timer);
    stdin.off('data', onData);
  };
}
