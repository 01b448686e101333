import { Box } from 'ink';
import { revealName } from '../../../core/questions/reveal.ts';
import type { ResultView } from '../../../core/screen/result-view.ts';
import type { App } from '../../app.ts';
import { Tone } from '../../components/layout/Tone.tsx';
import { openExtent, ViewBody } from '../../components/tool-call/ResultBody.tsx';
import { openPage } from './open-page.tsx';

/** `/diff`: each changed file as a section of a page. */
export function openDiff(app: App, views: readonly ResultView[]): void {
  openPage(app.panels, {
    title: 'What has changed',
    version: () => views,
    sections: () =>
      views.map((view) => ({
        subject: view,
        head: <FileHead view={view} cwd={app.deps.info.cwd} />,
        body: () => <ViewBody view={view} extent={openExtent} />,
        isOpen: views.length <= 5,
      })),
    help: 'arrows or j k, Enter folds and unfolds, a all, z none, / searches, q closes',
    startsAtEnd: false,
  });
}

function FileHead({ view, cwd }: { readonly view: ResultView; readonly cwd: string }) {
  if (view.kind !== 'diff') return <Tone>{view.title}</Tone>;
  return (
    <Box>
      <Tone>{revealName(view.path.startsWith(`${cwd}/`) ? view.path.slice(cwd.length + 1) : view.path)}</Tone>
      {view.fate && <Tone role="quiet">{` (${view.fate})`}</Tone>}
      <Tone role="good">{`  +${view.added}`}</Tone>
      <Tone role="bad">{` -${view.removed}`}</Tone>
    </Box>
  );
}
