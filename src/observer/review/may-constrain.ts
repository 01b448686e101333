/** Words of negation and of limits in the languages most users write in: without one there is nothing to ask about. */
const limiting =
  /\b(?:do not|don['’]?t|never|only|without|avoid|must|leave|keep|no|not|nothing|nichts?|nur|ohne|kein\w*|niemals|ne|pas|sans|seulement|uniquement|jamais|sin|solo|s[oó]lo|nunca|n[aã]o|sem|apenas|non|senza|mai|не|только|без|никогда)\b|[不别別勿]|禁止|のみ|だけ|しない|ないで|만|마세요|않|(?:^|\s)(?:не|только|без|никогда)\s/iu;

/** Whether a text can hold a constraint at all. */
export function mayConstrain(text: string): boolean {
  return text.trim().length >= 12 && limiting.test(text);
}
