import { runTool } from '../../src/core/tool.ts';
import type { JsonObject } from '../../src/core/types.ts';
import { closeWorkspace, createWorkspace } from '../../tools/file/workspace.ts';
import { tools } from '../../tools/index.ts';

/**
 * The tools in a process of their own, so that its memory can be measured and it can be killed. Arguments: the working folder, then
 * the calls as a JSON list of [name, input]. Prints the results and the largest resident size in bytes as one JSON line; with
 * `WAIT=1` it then waits to be killed.
 */
const [cwd = '.', calls = '[]'] = process.argv.slice(2);
const workspace = createWorkspace({ cwd, outputFolder: `${cwd}-outputs` });
const outputs: string[] = [];
let liveCharacters = 0;
const list: [string, JsonObject][] = JSON.parse(calls);
for (const [name, input] of list) {
  const prepared = tools.find((tool) => tool.name === name)?.prepare(input, cwd) ?? 'no such tool';
  if (typeof prepared === 'string') throw new Error(prepared);
  const onOutput = (chunk: string) => {
    liveCharacters += chunk.length;
  };
  const result = await runTool(
    { call: { id: '1', name, input }, prepared },
    {
      workspace,
      signal: new AbortController().signal,
      onOutput,
    },
  );
  outputs.push(result.output);
}
process.stdout.write(
  `${JSON.stringify({ outputs, liveCharacters, peakBytes: process.resourceUsage().maxRSS * 1024 })}\n`,
);
if (process.env.WAIT === '1') setInterval(() => {}, 1000);
else await closeWorkspace(workspace);
