/** Text that GitHub shows as a quotation, as code, or not at all: a name that is there calls nobody. */
const uncalled = [
  /<!--[\s\S]*?(?:-->|$)/g,
  /^ {0,3}(`{3,}|~{3,})[\s\S]*?(?:^ {0,3}\1[`~]* *$|(?![\s\S]))/gm,
  /^ {0,3}>.*$/gm,
];

/**
 * The words that follow a mention (`@wink-agent fix the test`), or undefined where nobody is called: another name that begins the same, an
 * address, a quotation, code and hidden comments don't count. The mention itself, and hidden comments, are taken out of the words.
 */
export function findMention(text: string, name: string): string | undefined {
  const seen = uncalled.reduce((rest, pattern) => rest.replace(pattern, blank), text.replace(/\r\n/g, '\n'));
  const called = new RegExp(`(?<![\\w@/.\`-])@${name.replace(/[^\w-]/g, '\\$&')}(?![\\w-]|\`)`, 'i').exec(seen);
  if (called === null) return undefined;
  const words = text.replace(/\r\n/g, '\n');
  return withoutHidden(`${words.slice(0, called.index)}${words.slice(called.index + name.length + 1)}`).trim();
}

/** Comments that GitHub does not show: what no reader sees, no model should read as said. */
export function withoutHidden(text: string): string {
  return text.replace(/<!--[\s\S]*?(?:-->|$)/g, '');
}

/** As long as what stood there, so that places stay the same. */
function blank(found: string): string {
  return found.replace(/[^\n]/g, ' ');
}
