import { Words } from '../../components/layout/Words.tsx';
import { openPage } from '../page/open-page.tsx';
import type { Panels } from '../panel-stack.ts';
import type { About } from './option.ts';

/** A question that has no room, on a page that scrolls and searches: what it is about, then its answers. */
export function openQuestion<Value>(panels: Panels, { title, body, options }: About<Value>): void {
  openPage(panels, {
    title: `${title} (you cannot answer on this page)`,
    version: () => options,
    sections: () => [
      { head: body },
      ...options.map(({ label, number }, place) => ({ head: <Words>{`${number ?? place + 1}. ${label}`}</Words> })),
    ],
    help: questionPageHelp,
    startsAtEnd: false,
    onSeen: () => undefined,
  });
}

/** The keys of a page that belongs to a question. */
export const questionPageHelp = 'arrows, PgUp PgDn, g and G ends, / searches, q goes back to the question';
