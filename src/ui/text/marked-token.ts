import type { MarkedToken, Token } from 'marked';

/** Without extensions the lexer makes no tokens but its own. */
export function isMarkedToken(_token: Token): _token is MarkedToken {
  return true;
}
