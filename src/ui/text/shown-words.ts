import { loadPrompt } from '../../core/prompt.ts';

/** Where the words for a command that the user ran begin. */
let head: string | undefined;

/** The user's words as they were typed: before them the model got the commands that they ran with `!`, each here by its first line. */
export function shownWords(text: string): string {
  head ??= loadPrompt('user-command', { command: '', exit: '', output: '' }).split('(')[0] ?? '';
  if (!text.startsWith(head)) return text;
  const [block, command] = /^[^\n]*\n\n```\n\$ ([^\n]*)[\s\S]*?\n```(?:\n\n|\s*$)/.exec(text) ?? [];
  if (block === undefined) return text;
  return `! ${command}\n\n${shownWords(text.slice(block.length))}`.trim();
}
