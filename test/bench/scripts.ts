import type { Scenario, ScenarioRule, ScriptedReply } from '../../src/demo/server/scenario.ts';
import type { Contestant } from './contestants.ts';

/** What the scripted model says to a contestant that works in `folder`. */
export type Script = (contestant: Contestant, folder: string) => Scenario;

/** The judge that is asked as `hung` never answers; any other sees nothing wrong. */
const judges: ScenarioRule[] = [
  {
    when: { kind: 'judge', model: 'hung' },
    replies: [{ text: '{}', fault: { kind: 'silence', at: 'before' } }],
    after: 'repeat',
  },
  {
    when: { kind: 'judge' },
    replies: [{ text: '{"present":false,"confidence":0.9,"firstStep":0,"evidenceSteps":[],"quote":""}' }],
    after: 'repeat',
  },
];

/** The agent's answers, in order; what else a program may ask (a title, a summary) has an answer of its own. */
function script(replies: readonly ScriptedReply[]): Scenario {
  return {
    rules: [...judges, { when: { kind: 'agent' }, replies }, { replies: [{ text: 'Files' }], after: 'repeat' }],
  };
}

/** One answer in words. */
export const words: Script = () => script([{ text: 'Nothing is to be done.' }]);

type Pace = Pick<ScriptedReply, 'fillerTokens' | 'tokensPerSecond'>;

/** So many answers that each read a file; `pace` says how fast a model they come from, at once by default. */
export function turns(count: number, pace: Pace = {}): Script {
  return (contestant, folder) => {
    const calls = [contestant.read('file-{{n}}.txt', folder)];
    const read = { text: 'Next file. ', calls, times: count, ...pace };
    return script([read, { text: 'All files are read.' }]);
  };
}

/** So many answers that read a file and run a command by turns, a read first. */
export function readsAndCommands(count: number): Script {
  return (contestant, folder) => {
    const replies = Array.from({ length: count }, (_, index) => {
      const name = `file-${index + 1}.txt`;
      const call = index % 2 === 0 ? contestant.read(name, folder) : contestant.shell(`cat ${name}`);
      return { text: 'Next file. ', calls: [call] };
    });
    return script([...replies, { text: 'All files are read.' }]);
  };
}

/** Some turns, until everything has started, then varied prose in one answer. */
export function stream(tokens: number): Script {
  return (contestant, folder) => {
    const calls = [contestant.read('file-{{n}}.txt', folder)];
    return script([{ text: 'Next file. ', calls, times: 30 }, { fillerTokens: tokens }]);
  };
}
