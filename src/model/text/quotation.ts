export type Quotation = {
  /** Takes the next piece of the text. */
  readonly take: (piece: string) => void;
  /** True when what comes next is in a code fence, a code span or a block quote: it is shown, not meant. */
  readonly isQuoted: () => boolean;
};

/** Fences and spans of Markdown have at least so many ticks or tildes for a fence. */
const shortestFence = 3;
/** Behind the first word of a line nothing else changes what is quoted. */
const markInLine = /[`\n]/g;
/** Blanks that make a line code. */
const codeIndent = 4;

/**
 * Follows the Markdown of an answer (CommonMark 4.4 indented and 4.5 fenced code, 5.1 block quotes, 6.1 code spans). A code span
 * ends with its paragraph, and none reaches over the beginning of a line: a lone backtick in prose must not quote all that follows.
 */
export function createQuotation(): Quotation {
  let fence = '';
  let isOpeningLine = false;
  let isClosing = false;
  let spanLength = 0;
  let run = '';
  let isRunFirst = false;
  let isLineBlank = true;
  let isQuoteLine = false;
  let indent = 0;
  /** Text that is indented after an empty line is code; below a line of prose it goes on with it. */
  let followsBlank = true;

  const endRun = () => {
    const { length } = run;
    if (length === 0) return;
    if (fence !== '' && isOpeningLine && run.startsWith('`')) {
      // "```like this```" on one line is a span, whatever it began with.
      spanLength = length === fence.length ? 0 : fence.length;
      fence = '';
    } else if (fence !== '') {
      isClosing = isRunFirst && run.startsWith(fence.charAt(0)) && length >= fence.length;
    } else if (isRunFirst && length >= shortestFence) {
      fence = run;
      isOpeningLine = true;
    } else if (run.startsWith('`')) {
      if (spanLength === 0) spanLength = length;
      else if (spanLength === length) spanLength = 0;
    }
    run = '';
    isLineBlank = false;
  };
  const endLine = () => {
    if (isClosing) fence = '';
    if (isLineBlank) spanLength = 0;
    followsBlank = isLineBlank || (followsBlank && indent >= codeIndent);
    indent = 0;
    isClosing = false;
    isOpeningLine = false;
    isLineBlank = true;
    isQuoteLine = false;
  };
  const takeCharacter = (character: string): void => {
    if (run !== '' && run.startsWith(character)) {
      run += character;
      return;
    }
    endRun();
    if (character === '\n') {
      endLine();
      return;
    }
    if (character === '`' || (character === '~' && isLineBlank)) {
      run = character;
      isRunFirst = isLineBlank;
      return;
    }
    if (/\s/.test(character)) {
      if (isLineBlank) indent += character === '\t' ? codeIndent : 1;
      return;
    }
    if (isLineBlank && character === '>') isQuoteLine = true;
    isClosing = false;
    isLineBlank = false;
  };
  return {
    take: (piece) => {
      for (let at = 0; at < piece.length; at += 1) {
        if (run === '' && !isLineBlank && !isClosing) {
          markInLine.lastIndex = at;
          const mark = markInLine.exec(piece);
          if (mark === null) return;
          at = mark.index;
        }
        takeCharacter(piece.charAt(at));
      }
    },
    isQuoted: () => {
      endRun();
      const isCode = fence !== '' || (followsBlank && indent >= codeIndent);
      return isCode || isQuoteLine || (spanLength > 0 && !isLineBlank);
    },
  };
}
