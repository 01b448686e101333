/**
 * Text from the web between two tags that it can't close itself: its own tags of that name lose their bracket. Reminders and role markers
 * in it are defused where all tool output is, before the model reads it.
 */
export function fence(tag: string, attributes: Readonly<Record<string, string>>, text: string): string {
  const own = new RegExp(`[<\\uff1c\\ufe64](?=\\s{0,16}/?\\s{0,16}${tag})`, 'gi');
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== '')
    .map(
      ([name, value]) =>
        ` ${name}="${value
          .replace(/["<>\s]+/g, ' ')
          .trim()
          .slice(0, 300)}"`,
    );
  return `<${tag}${written.join('')}>\n${text.replace(own, '‹').trim()}\n</${tag}>`;
}
