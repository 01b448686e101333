import type { ResultView } from '../core/types.ts';
import type { App } from './app.ts';
import { drawView, openExtent } from './draw-call.ts';
import { openPage } from './pager.ts';
import { span } from './span.ts';

/** `/diff`: each changed file as a section of a page. */
export function openDiff(app: App, views: readonly ResultView[]): void {
  openPage(app.panels, {
    title: 'What has changed',
    sections: () =>
      views.map((view) => ({
        head:
          view.kind === 'diff'
            ? [span(view.path), span(`  +${view.added}`, 'good'), span(` -${view.removed}`, 'bad')]
            : [span(view.title)],
        body: (look) => drawView(view, '', look, openExtent),
        isOpen: views.length <= 5,
      })),
    help: 'arrows or j k, Enter folds and unfolds, a all, z none, q closes',
    startsAtEnd: false,
  });
}
