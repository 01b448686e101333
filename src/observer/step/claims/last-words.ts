/** The last words announce what comes next: the turn was cut off and is not a finish. */
const announces =
  /(?:^|[.!?:]\s+|\n)(?:now|next|then|let me(?! know)|let['’]s|i['’]ll|i will)\b[^.!?\n]{0,300}[.:…]?\s*$|:\s*$/i;

/** The last words leave the next step to the user, or offer the check to them. */
const asksUser =
  /\?[^?]{0,160}$|\b(?:try it|run it yourself|give it a (?:try|run|spin))\b[^?]{0,200}$|\b(?:let me know if|if you(?:['’]d| would)? (?:like|want)|would you like|do you want|want me to|shall i|should i)\b[^.!?\n]{0,80}\b(?:run|tests?|verify|check|try|build)\b[^\n]{0,120}[.!?]?\s*$/i;

const lastCharacters = 600;

/** Whether a message without a call only announces the next step. */
export function announcesMore(text: string): boolean {
  return announces.test(text.slice(-lastCharacters));
}

/** Whether a message that ends a turn leaves the next step to the user. */
export function leavesToUser(text: string): boolean {
  return asksUser.test(text.slice(-lastCharacters));
}
