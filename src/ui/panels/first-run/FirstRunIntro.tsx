import { Box } from 'ink';
import { Tone } from '../../components/layout/Tone.tsx';
import { Words } from '../../components/layout/Words.tsx';

export type FirstRunIntroProps = {
  readonly version: string;
  /** What is wrong with the configuration: it may be why there is no model. */
  readonly notices?: readonly string[];
};

/** What this program is, and in two lines what its observer does: said before the first question. */
export function FirstRunIntro({ version, notices = [] }: FirstRunIntroProps) {
  return (
    <Box flexDirection="column" rowGap={1} marginTop={1} marginBottom={1}>
      <Box flexWrap="wrap">
        <Tone role="accent" bold>
          wink-agent
        </Tone>
        <Tone role="quiet">{` ${version}  `}</Tone>
        <Tone>a coding agent that notices when it goes wrong</Tone>
      </Box>
      <Box flexDirection="column">
        <Words>
          An observer watches the agent. It reads each finished step and looks for loops, broken instructions, failing
          calls and false claims.
        </Words>
        <Words>
          When it is sure, it sends the model a short reminder and shows you the same words. The agent waits for it for
          at most 25 ms a step. /wink shows everything it saw.
        </Words>
      </Box>
      {notices.length > 0 && <Words role="warn">{notices.join('\n')}</Words>}
      <Words>No model is configured yet.</Words>
    </Box>
  );
}
