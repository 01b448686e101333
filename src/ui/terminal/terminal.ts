import { writeSync } from 'node:fs';
import type { ReadStream, WriteStream } from 'node:tty';
import { endInTime, endNow, signalCodes } from '../../core/process/end-in-time.ts';
import { sanitize } from '../../core/text/sanitize.ts';
import type { PasteMarks } from '../input/unmarked-pastes.ts';
import { type SettledStdout, settleStdout } from './settled-stdout.ts';

/**
 * Bracketed paste, focus reports, and the kitty keyboard protocol (1: Shift+Enter and the like can be told apart; 4: with Ctrl a Cyrillic
 * key says which key of the Latin layout it is). */
const enter = '\u001b[?2004h\u001b[?1004h\u001b[>5u';
/** DECRQM of bracketed paste: a terminal that knows the mode marks pastes. */
const askPasteMarks = '\u001b[?2004$p';
const leave = '\u001b[<u\u001b[?1004l\u001b[?2004l\u001b[?25h\u001b[0m';
const toAlternate = '\u001b[?1049h\u001b[H\u001b[2J';
const fromAlternate = '\u001b[?1049l';

/** The terminal as we found it and as we use it. Every way out of the program ends in `restore`, which may be called often. */
export type Terminal = SettledStdout & {
  readonly stdin: ReadStream;
  readonly pastes: PasteMarks;
  readonly write: (data: string) => void;
  /** Raw keys and our modes; again after `restore` (an editor, a suspension). */
  readonly take: () => void;
  readonly restore: () => void;
  readonly setAlternate: (isOn: boolean) => void;
  readonly setTitle: (title: string) => void;
  /** Asks for the background colour (OSC 11); the answer comes as a key. */
  readonly askBackground: () => void;
  /** Tells a user who looks elsewhere; a bell where the terminal knows nothing better. */
  readonly notify: (message: string) => void;
};

export function openTerminal(stdin: ReadStream, stdout: WriteStream, env: NodeJS.ProcessEnv): Terminal {
  const settled = settleStdout(stdout);
  let isTaken = false;
  let isAlternate = false;
  let hasTitle = false;
  const isAskable = env.TERM !== 'linux' && env.TERM !== 'dumb';
  const write = (data: string) => {
    stdout.write(data);
  };
  const take = () => {
    if (isTaken) return;
    isTaken = true;
    stdin.setRawMode(true);
    // Until somebody listens the terminal keeps what is typed; a stream that flows would drop it.
    if (stdin.listenerCount('data') > 0) stdin.resume();
    write(enter);
    if (isAskable) write(askPasteMarks);
  };
  const restore = () => {
    if (!isTaken) return;
    isTaken = false;
    const bytes = `${isAlternate ? fromAlternate : ''}${leave}${hasTitle ? '\u001b[23;2t' : ''}`;
    isAlternate = false;
    hasTitle = false;
    writeNow(stdout, bytes);
    try {
      stdin.setRawMode(false);
    } catch {
      // The terminal is gone (a hang-up): there is nothing left to restore.
    }
    stdin.pause();
  };
  const setAlternate = (isOn: boolean) => {
    if (isOn === isAlternate) return;
    isAlternate = isOn;
    write(isOn ? toAlternate : fromAlternate);
  };
  const setTitle = (title: string) => {
    if (!isAskable) return;
    write(
      `${hasTitle ? '' : '\u001b[22;2t'}\u001b]2;${sanitize(title)
        .replace(/[^\x20-\x7e\u00a0-\uffff]/g, ' ')
        .slice(0, 80)}\u0007`,
    );
    hasTitle = true;
  };
  const notify = (message: string) => {
    const text = message.replace(/[^\x20-\x7e]/g, ' ');
    const program = env.TERM_PROGRAM ?? '';
    const isRich = /iTerm|WezTerm|ghostty|kitty/i.test(`${program} ${env.TERM ?? ''}`);
    write(isRich ? wrapForTmux(`\u001b]9;${text}\u0007`, env) : '\u0007');
  };
  const askBackground = () => {
    if (isAskable) write('\u001b]11;?\u0007');
  };
  // What tmux pastes by itself is marked only if asked for (`paste-buffer -p`), and GNU screen marks nothing.
  const pastes = { mayBeUnmarked: env.TMUX !== undefined || /^(tmux|screen)/.test(env.TERM ?? '') };
  return { ...settled, stdin, pastes, write, take, restore, setAlternate, setTitle, askBackground, notify };
}

/** Gives the terminal back whatever ends the program: a signal, a bug, an exit from elsewhere; one that is closed ends it as its signal does. */
export function guardTerminal(terminal: Terminal): {
  readonly onSignal: (leave: (code: number) => void) => void;
  readonly end: () => void;
} {
  let leave: ((code: number) => void) | undefined;
  const end = (code: number) => {
    terminal.restore();
    if (!leave) return endNow(code);
    endInTime(code);
    leave(code);
  };
  const handlers = Object.entries(signalCodes).map(([signal, code]) => {
    const handle = () => end(code);
    process.on(signal, handle);
    return () => process.off(signal, handle);
  });
  // Nothing else may keep the program up: it could be over before the signal is read.
  const hangUp = () => end(signalCodes.SIGHUP);
  const { stdin, stdout } = terminal;
  for (const event of ['end', 'close', 'error']) stdin.on(event, hangUp);
  stdout.on('error', hangUp);
  process.on('exit', terminal.restore);
  process.on('uncaughtExceptionMonitor', terminal.restore);
  return {
    onSignal: (handler) => {
      leave = handler;
    },
    end: () => {
      for (const off of handlers) off();
      for (const event of ['end', 'close', 'error']) stdin.off(event, hangUp);
      stdout.off('error', hangUp);
      process.off('exit', terminal.restore);
      process.off('uncaughtExceptionMonitor', terminal.restore);
    },
  };
}

/** Puts a text on the clipboard through the terminal (OSC 52), which works over ssh too. */
export function copySequence(text: string, env: NodeJS.ProcessEnv): string {
  return wrapForTmux(`\u001b]52;c;${Buffer.from(text).toString('base64')}\u0007`, env);
}

/** tmux hands a sequence on to the terminal around it only when it is wrapped. */
function wrapForTmux(sequence: string, env: NodeJS.ProcessEnv): string {
  return env.TMUX ? `\u001bPtmux;${sequence.replaceAll('\u001b', '\u001b\u001b')}\u001b\\` : sequence;
}

/** Written before the process ends, whatever else it has queued. */
function writeNow(stdout: WriteStream, bytes: string): void {
  try {
    writeSync('fd' in stdout && typeof stdout.fd === 'number' ? stdout.fd : 1, bytes);
  } catch {
    stdout.write(bytes);
  }
}
