import type { Terminal } from '../terminal/terminal.ts';

/** Copies through the terminal (OSC 52), which works over ssh too; tmux hands it on when wrapped. */
export function copyToClipboard(terminal: Terminal, text: string, env: NodeJS.ProcessEnv): void {
  const sequence = `\u001b]52;c;${Buffer.from(text, 'utf8').toString('base64')}\u0007`;
  terminal.write(env.TMUX ? `\u001bPtmux;${sequence.replaceAll('\u001b', '\u001b\u001b')}\u001b\\` : sequence);
}
