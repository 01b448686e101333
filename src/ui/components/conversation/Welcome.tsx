import { Box } from 'ink';
import { useDrawContext } from '../../hooks/use-draw-context.ts';
import type { Item } from '../../state/view.ts';
import { shortPath } from '../../text/shown-figures.ts';
import { Tone } from '../layout/Tone.tsx';
import { Words } from '../layout/Words.tsx';

export type WelcomeProps = Extract<Item, { kind: 'welcome' }>;

/** The first lines of a session. */
export function Welcome({ version, model, cwd, branch }: WelcomeProps) {
  const { glyphs, home } = useDrawContext();
  return (
    <Box flexDirection="column">
      <Box>
        <Tone role="accent" bold>
          wink-agent
        </Tone>
        <Tone role="quiet">{` ${version}`}</Tone>
        <Tone>{`  ${model}`}</Tone>
      </Box>
      <Tone role="quiet">{`${shortPath(cwd, home)}${branch ? ` ${glyphs.fork} ${branch}` : ''}`}</Tone>
      <Words role="quiet">
        An observer watches for loops and broken instructions: /wink. Keys and commands: /help.
      </Words>
    </Box>
  );
}
