import { datasetFormat } from '../input/dataset.ts';
import type { TrajectoryFormat } from '../input/trajectory.ts';
import { atifFormat } from './atif.ts';
import { claudeCodeFormat, claudeStreamFormat } from './claude-code.ts';
import { codexFormat } from './codex.ts';
import { copilotFormat } from './copilot.ts';
import { geminiFormat } from './gemini.ts';
import { miniSweAgentFormat } from './mini-swe-agent.ts';
import { openaiFormat, openaiLinesFormat } from './openai-messages.ts';
import { opencodeFormat } from './opencode.ts';
import { openHandsFolderFormat, openHandsFormat, openHandsLinesFormat, openHandsOutputFormat } from './openhands.ts';
import { piFormat } from './pi.ts';
import { sweAgentFormat } from './swe-agent.ts';
import { winkFormat } from './wink.ts';

/** The known forms of saved trajectories, in the order in which they are tried: the more particular first. */
export const trajectoryFormats: readonly TrajectoryFormat[] = [
  winkFormat,
  datasetFormat,
  atifFormat,
  piFormat,
  codexFormat,
  copilotFormat,
  claudeCodeFormat,
  claudeStreamFormat,
  geminiFormat,
  opencodeFormat,
  miniSweAgentFormat,
  openHandsOutputFormat,
  openHandsFolderFormat,
  openHandsFormat,
  openHandsLinesFormat,
  sweAgentFormat,
  openaiLinesFormat,
  openaiFormat,
];
