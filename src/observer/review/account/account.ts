import { count } from '../../../core/text/count.ts';
import type { Instructions } from '../../guards/constraint-guard.ts';
import type { NormalizedStep } from '../../step/normalized-step.ts';
import { createFindingHistory, type FindingHistory } from '../finding-history.ts';
import { createFacts, type Facts } from './account-facts.ts';
import { readCheck, saysSomething } from './check-result.ts';
import { chooseLines } from './choose-lines.ts';
import { chooseSteps, type StepText } from './choose-steps.ts';
import { type Conversation, type ConversationEntry, createConversation } from './conversation-part.ts';
import type { FileFact } from './file-facts.ts';
import { type FoundQuote, findQuote, type Part } from './find-quote.ts';
import { isAllMadeHere, isMadeHere, isOnlyStaged, isOwnScratch, type RunSoFar } from './own-files.ts';
import { readOrders } from './standing-orders.ts';
import { clean, describeStep } from './step-text.ts';
import { describeChecks, describeFiles, describeGit, describeNothing, describeTools, type FactLine } from './tables.ts';
import { termsOf, unseenNames } from './terms.ts';

/** Steps kept to be shown. */
const maxSteps = 150;
/** Characters for the whole, about 4,000 tokens (long instructions and words of the user come on top, to 6,000), of which the steps get what the other parts leave, and for single parts. */
const room = 15_500;
const minStepsRoom = 6800;
const maxStepsRoom = 8200;
const briefStepsRoom = 4000;
const ordersRoom = 2600;
const bearingRoom = 1200;
const planRoom = 4500;
/** Steps whose acts tell which instructions bear on the work. */
const bearingSteps = 30;
/** Of an output, the characters in which a quote is looked for again. */
const maxOutput = 20_000;
const noRepository = 'The work folder is in no repository.';
/** Steps of before the question's own that are shown in one line each, and what they may take of the room. */
const earlierSteps = 14;
const earlierShare = 0.25;

/** What the judge is to see: the steps after `since`, and the ones that the question is about whole. */
export type AccountScope = {
  readonly since: number;
  readonly focus?: readonly number[];
  /** The changes are enough. */
  readonly isBrief?: boolean;
};

/** One account as it was shown, and where a quote is in it. */
export type ShownAccount = {
  readonly text: string;
  readonly find: (quote: string) => FoundQuote;
  readonly lastIndex: number;
  /** All that changed in these steps is files which the agent made in this turn. */
  readonly isOwnNew: (steps: readonly number[]) => boolean;
  /** All that changed in these steps is scratch files of the agent's own in a folder that is no repository. */
  readonly isOwnScratch: (steps: readonly number[]) => boolean;
  /** All that changed in these steps is files that the agent made in this run. */
  readonly isAllMadeHere: (steps: readonly number[]) => boolean;
  /** These steps changed no file and did nothing in git but stage. */
  readonly isOnlyStaged: (steps: readonly number[]) => boolean;
};

/** The case for the judge: what was asked and ordered, what code can tell of checks, files and git, then the steps. */
export type Account = {
  readonly add: (step: NormalizedStep) => void;
  /** The constraints of the ledger, a line each. */
  readonly setLedger: (lines: readonly string[]) => void;
  readonly show: (scope: AccountScope) => ShownAccount;
  readonly lastIndex: () => number;
  /** The first step of the turn that had something to read, the one after it, and the first red check: what beliefs begin with. */
  readonly origins: () => readonly number[];
  readonly facts: Facts;
  /** What rules found and what was said of it. */
  readonly findingHistory: FindingHistory;
};

export type AccountOptions = {
  readonly task: string;
  /** A plan of the agent's own that the task says to carry out. */
  readonly plan?: string | undefined;
  readonly cwd: string;
  readonly instructions: readonly Instructions[];
  /** A word that the data can't know, so that nothing in it can close its own fence. */
  readonly fence: string;
  /** Whether the work folder is under version control now; where that is not at hand the calls must show it. */
  readonly looksForRepository?: () => boolean | undefined;
};

/** Parts that change least come first, so that a provider's cache serves question after question. */
export function createAccount(options: AccountOptions): Account {
  const { task, plan, cwd, instructions, fence } = options;
  const conversation = createConversation(task);
  const facts = createFacts(cwd, plan, options.looksForRepository);
  const orders = readOrders(instructions, ordersRoom);
  const standing = clean(orders.always);
  const steps: NormalizedStep[] = [];
  let ledger: readonly string[] = [];
  let hasForgotten = false;

  /** Those that are not in the other parts anyway: added by hand, or read by a model in another language. */
  function constraints(known: string): string[] {
    return ledger.map(clean).filter((line) => !known.includes(line.replace(/^“|” \([^()]*\)$/g, '').slice(0, 120)));
  }

  function showWords(): Part[] {
    const said = conversation.entries().map(showEntry);
    const known = `${standing}\n${said.map(({ text }) => text).join('\n')}`;
    const plan = clean(chooseLines(facts.plan(), planRoom, []));
    return [
      { kind: 'words', tag: 'instructions', text: standing },
      ...said.slice(0, 1).map((part) => ({ ...part, tag: 'conversation' })),
      ...describeGap(conversation).map((text): Part => ({ kind: 'fact', tag: 'conversation', text })),
      ...said.slice(1).map((part) => ({ ...part, tag: 'conversation' })),
      ...constraints(known).map((text): Part => ({ kind: 'words', tag: 'constraints', text: `- ${text}` })),
      ...(known.includes(plan.slice(0, 200)) ? [] : [{ kind: 'words', tag: 'plan', text: plan } satisfies Part]),
    ];
  }

  /** Instructions that would not fit above and that what is done gives weight to. */
  function showBearing(): Part {
    const acts = steps
      .slice(-bearingSteps)
      .flatMap(({ text, calls }) => [
        text,
        ...calls.map(({ name, input }) => `${name} ${JSON.stringify(input).slice(0, 2000)}`),
      ]);
    return { kind: 'words', tag: 'more-instructions', text: clean(orders.bearingOn(acts.join('\n'), bearingRoom)) };
  }

  /** Names that the last words give and that appear nowhere, while all steps are at hand. */
  function unseen(): FactLine[] {
    const last = steps.at(-1);
    if (last === undefined || hasForgotten) return [];
    const names = unseenNames(last.text, function* texts() {
      yield conversation.userWords();
      for (const { text } of instructions) yield text;
      for (const { calls } of steps) for (const { input, output } of calls) yield `${unescaped(input)}\n${output}`;
    });
    return names.length === 0 ? [] : [{ step: last.index, text: names.map((name) => `“${name}”`).join(', ') }];
  }

  const runSoFar = (): RunSoFar => ({ facts, steps, userWords: conversation.userWords() });

  function showFacts(): Part[] {
    const run = runSoFar();
    const isNew = (file: FileFact): boolean => isMadeHere(file, run);
    const place: Part[] = facts.isRepository() === false ? [{ kind: 'fact', text: noRepository }] : [];
    const table = (title: string, lines: readonly FactLine[], end: readonly Part[] = []): Part[] =>
      lines.length === 0
        ? []
        : [
            { kind: 'fact', text: title },
            ...lines.map(({ step, text }): Part => {
              const part = { kind: 'fact', text: `- ${clean(text)}` } as const;
              return step === undefined ? part : { ...part, step };
            }),
            ...end,
          ];
    const tables = [
      ...table('Checks that ran:', describeChecks(facts, conversation.userWords())),
      ...table('Files that changed:', describeFiles(facts, conversation.userWords(), isNew), place),
      ...table('Git:', describeGit(facts.git())),
      ...table('Tools with failing calls:', describeTools(facts.tools())),
      ...table('Named in the last words and in no call, output or words before them:', unseen()),
    ];
    const none: Part[] = [{ kind: 'fact', text: describeNothing(facts.tools()) }];
    return (tables.length === 0 ? none : tables).map((part) => ({ ...part, tag: 'facts' }));
  }

  /** What the question is about by name: the agent's last words and the user's. */
  function terms(): string[] {
    const words = conversation.entries().findLast(({ from }) => from === 'user')?.text ?? '';
    return [...termsOf(steps.at(-1)?.text ?? ''), ...termsOf(words.slice(0, 3000)).slice(0, 15)];
  }

  function outputOf(shown: number): string {
    const calls = steps.find(({ index }) => index === shown)?.calls ?? [];
    return calls.map(({ output }) => output.slice(0, maxOutput)).join('\n');
  }

  function isOwnNew(judged: readonly number[]): boolean {
    const turn = steps.findLast(({ userTexts }) => userTexts.length > 0)?.index ?? 0;
    const changed = facts.files().filter((file) => file.steps.some((step) => judged.includes(step)));
    return changed.length > 0 && changed.every(({ isNew, steps: [made = -1] }) => isNew && made >= turn);
  }

  function showSteps({ since, focus = [] }: AccountScope, left: number): Part[] {
    const own = steps.filter(({ index }) => index > since || focus.includes(index));
    const earlier = steps.filter(({ index }) => index <= since && !focus.includes(index)).slice(-earlierSteps);
    const before: StepText[] = [];
    let used = 0;
    for (const step of earlier.toReversed()) {
      const text = describeStep(step, 'line');
      if (own.length > 0 && used + text.length > left * earlierShare) break;
      used += text.length + 1;
      before.push({ index: step.index, text });
    }
    const chosen = [...before, ...chooseSteps(own, new Set(focus), left - used, terms())];
    return chosen
      .sort((left, right) => left.index - right.index)
      .flatMap(({ index, text }, at, all): Part[] => [
        ...gapBefore(index, all[at - 1]?.index),
        { kind: 'step', tag: 'steps', step: index, text, output: outputOf(index) },
      ]);
  }

  return {
    add: (step) => {
      conversation.add(step);
      facts.add(step);
      steps.push(step);
      if (steps.length > maxSteps) {
        steps.shift();
        hasForgotten = true;
      }
    },
    setLedger: (lines) => {
      ledger = lines;
    },
    show: (scope) => {
      const first = [...showWords(), showBearing(), ...showFacts()];
      const left = room - first.reduce((sum, { text }) => sum + text.length + 1, 0);
      const stepsRoom = scope.isBrief ? briefStepsRoom : Math.min(Math.max(left, minStepsRoom), maxStepsRoom);
      const parts = [...first, ...showSteps(scope, stepsRoom)].filter(({ text }) => text !== '');
      return {
        text: fenceParts(parts, fence),
        find: (quote) => findQuote(parts, quote),
        lastIndex: steps.at(-1)?.index ?? -1,
        isOwnNew,
        isOwnScratch: (judged) => isOwnScratch(judged, runSoFar()),
        isAllMadeHere: (judged) => isAllMadeHere(judged, runSoFar()),
        isOnlyStaged: (judged) => isOnlyStaged(judged, runSoFar()),
      };
    },
    lastIndex: () => steps.at(-1)?.index ?? -1,
    origins: () => originsOf(steps),
    facts,
    findingHistory: createFindingHistory(),
  };
}

function originsOf(steps: readonly NormalizedStep[]): number[] {
  const turn = steps.slice(
    Math.max(
      0,
      steps.findLastIndex(({ userTexts }) => userTexts.length > 0),
    ),
  );
  const first = turn.findIndex(({ calls }) => calls.some(({ act, output }) => act !== 'plan' && saysSomething(output)));
  const red = turn.find(({ calls }) => calls.some((call) => readCheck(call)?.color === 'red'));
  const opening = first === -1 ? [] : turn.slice(first, first + 2);
  return [...new Set([...opening, ...(red === undefined ? [] : [red])].map(({ index }) => index))];
}

function gapBefore(index: number, before: number | undefined): Part[] {
  if (before === undefined || index - before < 2) return [];
  const left = index - before === 2 ? `step ${index - 1}` : `steps ${before + 1} to ${index - 1}`;
  return [{ kind: 'fact', tag: 'steps', text: `[${left} not shown]` }];
}

/** What the judge can't see of the talk, so that it does not take it for never said. */
function describeGap(conversation: Conversation): string[] {
  const entries = conversation.entries();
  const missing = entries.some(({ from }) => from === 'user') ? [] : ['[what the user asked for is not at hand]'];
  const left = conversation.leftOut();
  return left === 0 ? missing : [...missing, `[${count(left, 'earlier message')} not shown]`];
}

function showEntry({ from, step, text, isCutOff }: ConversationEntry): Part {
  const ending = isCutOff ? 'in the middle of its turn, when the user spoke, step' : 'ending its turn with step';
  if (from === 'agent') return { kind: 'step', step, text: `[agent, ${ending} ${step}]\n${text}` };
  if (from === 'user') return { kind: 'words', text: `[user, before step ${step}]\n${text}` };
  return { kind: 'words', text: `[carried over from before step ${step}, when the context was shortened]\n${text}` };
}

/** Arguments as text in which names and paths are as they were sent. */
function unescaped(input: NormalizedStep['calls'][number]['input']): string {
  return JSON.stringify(input).replace(/\\(["\\/])/g, '$1');
}

/** Parts of one tag that follow each other are in one fence. */
function fenceParts(parts: readonly Part[], fence: string): string {
  const lines: string[] = [];
  for (const [at, { tag = 'steps', text }] of parts.entries()) {
    if (parts[at - 1]?.tag !== tag) lines.push(`<${tag}-${fence}>`);
    lines.push(text);
    if (parts[at + 1]?.tag !== tag) lines.push(`</${tag}-${fence}>`, '');
  }
  return lines.join('\n').trim();
}
