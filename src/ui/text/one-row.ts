/** A text with its line breaks as blanks. */
export function oneRow(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ');
}
