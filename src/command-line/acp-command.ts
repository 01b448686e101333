import type { CommandIo } from '../core/command-io.ts';
import { UserError } from '../core/errors.ts';
import { endAtSignals } from '../core/process/end-in-time.ts';
import { parseArguments, type RunFlags } from './args.ts';

const help = `wink-agent acp: the agent inside an editor, over the Agent Client Protocol on stdin and stdout

Usage
  wink-agent acp [flags of a run]

An editor starts it; docs/acp.md shows the settings for Zed, JetBrains and Neovim. Flags such as --model, --approval and --shadow apply to
each session; the editor sets the folder.

Examples
  wink-agent acp
  wink-agent acp --model anthropic/claude-opus-5-5 --approval edits
`;

/** `wink-agent acp`: serves an editor until it closes the streams. */
export async function runAcp(words: readonly string[], io: CommandIo): Promise<number> {
  const parsed = parseArguments(words);
  if (parsed.kind === 'help') {
    io.stdout.write(help);
    return 0;
  }
  if (parsed.kind !== 'run' || parsed.words.length > 0)
    throw new UserError('acp takes flags of a run and nothing else; see `wink-agent acp --help`.');
  const { cwd, session, continue: isContinued } = parsed.flags;
  if (cwd !== undefined) throw new UserError('acp takes no --cwd: the editor names the folder.');
  if (session !== undefined || isContinued)
    throw new UserError(`acp takes no --${isContinued ? 'continue' : 'session'}: the editor chooses the session.`);
  const forScripts = findScriptFlag(parsed.flags);
  if (forScripts !== undefined) throw new UserError(`acp takes no ${forScripts}: that flag is only for headless runs.`);
  const [{ serveAcp }, { createAcpHost }] = await Promise.all([
    import('../acp/serve.ts'),
    import('../session/acp-session.ts'),
  ]);
  const letGo = endAtSignals(['SIGINT', 'SIGTERM', 'SIGHUP']);
  await serveAcp(createAcpHost(parsed.flags, io.env), process.stdin, process.stdout);
  letGo();
  return 0;
}

/** A flag whose work nobody would see in an editor. */
function findScriptFlag({ print, artifact, inputFormat, outputFormat, outputSchema }: RunFlags): string | undefined {
  if (print) return '--print';
  if (artifact !== undefined) return '--artifact';
  if (inputFormat !== undefined) return '--input-format';
  if (outputFormat !== undefined) return '--output-format';
  return outputSchema === undefined ? undefined : '--output-schema';
}
