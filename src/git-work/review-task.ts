import { loadPrompt } from '../core/prompt.ts';
import { count } from '../core/text/text.ts';
import { findReviewScope } from './review-scope.ts';

/** The task of `/review`. What is reviewed is read by the agent itself, as output of its tools: no words of a diff become the user's. */
export function reviewTask(cwd: string, argument: string): string {
  const scope = findReviewScope(cwd, argument);
  if (scope.kind === 'working')
    return loadPrompt('review', {
      what: `what is not committed in the working tree (${count(scope.files, 'file')})`,
      commands: '`git status --short`, `git diff HEAD`, and the new files themselves',
    });
  return loadPrompt('review', {
    what: `this branch against ${scope.base} (${count(scope.commits, 'commit')})`,
    commands: `\`git log --oneline ${scope.from.slice(0, 12)}..HEAD\` and \`git diff ${scope.from.slice(0, 12)} HEAD\``,
  });
}
