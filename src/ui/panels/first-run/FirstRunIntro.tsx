import { Box } from 'ink';
import { Tone } from '../../components/layout/Tone.tsx';
import { Words } from '../../components/layout/Words.tsx';
import { useDrawContext } from '../../hooks/use-draw-context.ts';

export type FirstRunIntroProps = {
  readonly version: string;
  /** What is wrong with the configuration: it may be why there is no model. */
  readonly notices?: readonly string[];
};

/** Fewer rows than this are for the first question alone, and for what is wrong with the configuration. */
const lowRows = 20;

/** What this program is, and in two lines what its observer does: said before the first question. */
export function FirstRunIntro({ version, notices = [] }: FirstRunIntroProps) {
  const { rows } = useDrawContext();
  const told = notices.length > 0 && <Words role="warn">{notices.join('\n')}</Words>;
  if (rows < lowRows) return <Box flexShrink={0}>{told}</Box>;
  return (
    <Box flexDirection="column" flexShrink={100} overflow="hidden" paddingY={1}>
      <Box flexDirection="column" flexShrink={0} rowGap={1}>
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
            When it is sure, it sends the model a short reminder and shows you the same words. The agent waits for it
            for at most 25 ms a step. /wink shows everything it saw.
          </Words>
        </Box>
        {told}
        <Words>No model is configured yet.</Words>
      </Box>
    </Box>
  );
}
