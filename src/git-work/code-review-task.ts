import { loadPrompt } from '../core/prompt.ts';
import { count } from '../core/text/count.ts';
import { findReviewScope } from './code-review-scope.ts';

/** The task of `/review`. What is reviewed is read by the agent itself, as output of its tools: no words of a diff become the user's. */
export function reviewTask(cwd: string, argument: string): string {
  const scope = findReviewScope(cwd, argument);
  switch (scope.kind) {
    case 'working': {
      const diff = scope.isFirst ? 'git diff --cached' : 'git diff HEAD';
      return loadPrompt('code-review', {
        what: `what is not committed in the working tree (${count(scope.files, 'file')})`,
        commands: `\`git status --short\`, \`${diff}\`, and the new files themselves`,
      });
    }
    case 'branch': {
      const from = scope.from.slice(0, 12);
      return loadPrompt('code-review', {
        what: `this branch against ${scope.base} (${count(scope.commits, 'commit')})`,
        commands: `\`git log --oneline ${from}..HEAD\` and \`git diff ${from} HEAD\``,
      });
    }
    case 'commit':
      return loadPrompt('code-review', {
        what: `the last commit, ${scope.name}`,
        commands: `\`git show --stat ${scope.name}\` and \`git show ${scope.name}\``,
      });
    default:
      return scope satisfies never;
  }
}
