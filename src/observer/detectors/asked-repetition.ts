/** Words that ask for the same thing over and over. */
const repetition =
  /\b(?:repeat\w*|over and over|again and again|as often as|times|copies|repetitions|identical|duplicate[ds]?)\b/i;
const many = /\b(?:[1-9]\d+|hundreds?|thousands?|dozens?|fifty|twenty|thirty|forty)\b/i;
const pieces =
  /\b(?:lines?|rows?|times|copies|paragraphs?|entries|items|words|sentences|repetitions|messages|verses)\b/i;
const alike = /\b(?:same|equal|identical|repeat\w*|each|every)\b/i;

/**
 * Whether the user's words ask for what a text says over and over: "write this line 200 times: …", "a file of 300 equal rows". The passage
 * stands in them and they ask for a repetition, or they ask for many pieces that are alike.
 */
export function isRepetitionAsked(unit: string, words: string): boolean {
  if (many.test(words) && pieces.test(words) && alike.test(words)) return true;
  if (!repetition.test(words) && !(many.test(words) && pieces.test(words))) return false;
  const wanted = flatten(words);
  return rotationsOf(flatten(unit)).some((rotation) => wanted.includes(rotation));
}

function flatten(text: string): string {
  return text.toLowerCase().replace(/\s+/g, ' ');
}

/** A passage begun at each of its characters: what is said over and over may be looked at from its middle on. */
function rotationsOf(unit: string): string[] {
  const twice = unit + unit;
  return Array.from({ length: unit.length }, (_, start) => twice.slice(start, start + unit.length).trim()).filter(
    (rotation) => rotation !== '',
  );
}
