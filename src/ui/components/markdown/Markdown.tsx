import { Box } from 'ink';
import { lexer, type MarkedToken, type Token, type Tokens } from 'marked';
import { memo } from 'react';
import { sanitize } from '../../../core/text/sanitize.ts';
import { useDrawContext } from '../../hooks/use-draw-context.ts';
import { isMarkedToken } from '../../text/markdown-inline.ts';
import { Barred, Ruled } from '../layout/Edged.tsx';
import { Marked } from '../layout/Marked.tsx';
import { Wrapped } from '../layout/Words.tsx';
import { Code } from './Code.tsx';
import { Inline } from './Inline.tsx';
import { Table } from './Table.tsx';

/** `source`: Markdown as a model or a command wrote it. */
export type MarkdownProps = { readonly source: string };

/** Markdown laid out in blocks. Line breaks inside a paragraph are kept: a model that breaks a line means it. */
export const Markdown = memo(function Markdown({ source }: MarkdownProps) {
  return <Blocks tokens={lexer(sanitize(source).replace(/^\n+/, ''))} />;
});

/** Blocks below each other, apart by an empty row unless they belong to a tight list. */
function Blocks({ tokens, isTight = false }: { readonly tokens: readonly Token[]; readonly isTight?: boolean }) {
  const blocks = tokens.filter(isMarkedToken).filter(({ type }) => type !== 'space' && type !== 'def');
  return (
    <Box flexDirection="column" rowGap={isTight ? 0 : 1}>
      {blocks.map((token, index) => (
        <Block key={index} token={token} />
      ))}
    </Box>
  );
}

function Block({ token }: { readonly token: MarkedToken }) {
  switch (token.type) {
    case 'heading':
      return (
        <Wrapped>
          <Inline tokens={token.tokens} style={{ role: 'heading', underline: token.depth === 1 }} />
        </Wrapped>
      );
    case 'code':
      return <Code text={token.text} language={(token.lang ?? '').split(/\s/)[0] ?? ''} />;
    case 'list':
      return <List list={token} />;
    case 'table':
      return <Table table={token} />;
    case 'blockquote':
      return (
        <Barred role="quiet">
          <Blocks tokens={token.tokens} />
        </Barred>
      );
    case 'hr':
      return <Ruled role="quiet" />;
    default:
      return (
        <Wrapped>
          <Inline tokens={inlineOf(token)} />
        </Wrapped>
      );
  }
}

function inlineOf(token: MarkedToken): readonly Token[] {
  if ('tokens' in token && token.tokens) return token.tokens;
  return [{ type: 'text', raw: token.raw, text: token.raw.trimEnd() }];
}

function List({ list }: { readonly list: Tokens.List }) {
  const { glyphs } = useDrawContext();
  const first = typeof list.start === 'number' ? list.start : 1;
  const markOf = (item: Tokens.ListItem, index: number) => {
    if (item.task) return item.checked ? '[x]' : '[ ]';
    return list.ordered ? `${first + index}.` : glyphs.bullet;
  };
  return (
    <Box flexDirection="column" rowGap={list.loose ? 1 : 0}>
      {list.items.map((item, index) => (
        <Marked key={index} mark={markOf(item, index)} role="accent">
          <Blocks tokens={item.tokens.filter((token) => token.type !== 'checkbox')} isTight={!item.loose} />
        </Marked>
      ))}
    </Box>
  );
}
