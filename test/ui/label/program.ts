import { runLabel } from '../../../src/study/label/label-command.ts';
import { openLabelScreen } from '../../../src/ui/label/label-screen.tsx';

process.exitCode = await runLabel(
  process.argv.slice(2),
  { stdout: process.stdout, stderr: process.stderr, env: process.env, cwd: process.cwd() },
  openLabelScreen,
);
