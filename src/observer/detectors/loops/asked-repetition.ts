const many = String.raw`(?:[1-9]\d+|hundreds?|thousands?|dozens?|fifty|twenty|thirty|forty)`;
const pieces =
  '(?:lines?|rows?|times|copies|paragraphs?|entries|items|words|sentences|repetitions|messages|verses|records)';
/** "200 lines", "300 identical rows". */
const manyPieces = new RegExp(String.raw`\b${many}\s+(?:\w+\s+){0,3}${pieces}\b`, 'i');
const alike = /\b(?:same|equal|identical|repeat\w*|duplicate[ds]?|copies)\b/i;
const making =
  /\b(?:write|print|say|output|generate|give|make|produce|create|send|type|repeat|need|want|fill|answer)\b/i;
/** "200 times" in other languages. */
const manyTimes = /[1-9]\d+\s*(?:mal|fois|veces|vezes|volte|keer|раза?|次|回|번|遍)/iu;
const overAndOver = /\b(?:repeat\w*|over and over|again and again|as often as)\b/i;

/**
 * Whether the user's words ask for what a text says over and over: "write this line 200 times: …", "I need a file of 300 equal rows". Either
 * the passage is in words that ask for a repetition, or one sentence asks to make many pieces that are alike.
 */
export function isRepetitionAsked(unit: string, words: string): boolean {
  const asking = words.split(/[.!?\n]+/).filter((sentence) => making.test(sentence) && manyPieces.test(sentence));
  if (asking.some((sentence) => alike.test(sentence))) return true;
  if (asking.length === 0 && !overAndOver.test(words) && !manyTimes.test(words)) return false;
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
