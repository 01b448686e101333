/** Words of a user who wants something taken back or thrown away. */
export const asksToDiscard =
  /\b(?:revert|undo|discard|restor\w*|reset|throw (?:\w+ ){0,3}away|drop|get rid|clean(?:ing)?(?: up)?|roll ?back|check ?out|remov\w*|delet\w*|start over|from scratch|wipe)\b/i;
