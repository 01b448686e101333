import { clip } from '../../../core/text/text.ts';
import type { Instructions } from '../../guard.ts';
import type { NormalizedStep } from '../../step/normalized-step.ts';
import { createFindingHistory, type FindingHistory } from '../finding-history.ts';
import { chooseSteps } from './choose-steps.ts';
import { createConversation } from './conversation.ts';
import { createFacts, type Facts } from './facts.ts';
import { type Found, findQuote, type Part } from './find-quote.ts';
import { pickOrders } from './standing-orders.ts';
import { clean, describeStep } from './step-text.ts';
import { describeChecks, describeFiles, describeGit, type FactLine } from './tables.ts';

/** Steps kept to be shown, and characters for each part: about 6,000 tokens together. */
const maxSteps = 150;
const stepsRoom = 9000;
const ordersRoom = 3200;
const planRoom = 4500;
/** Steps of before the question's own that are shown in one line each. */
const earlierSteps = 20;

/** What the judge is to see: the steps after `since`, and the ones that the question is about whole. */
export type Scope = { readonly since: number; readonly focus?: readonly number[] };

/** One account as it was shown, and where a quote stands in it. */
export type ShownAccount = {
  readonly text: string;
  readonly find: (quote: string) => Found;
  readonly lastIndex: number;
};

/** The case for the judge: what was asked and ordered, what code can tell of checks, files and git, then the steps. */
export type Account = {
  readonly add: (step: NormalizedStep) => void;
  /** The constraints of the ledger, a line each. */
  readonly setLedger: (lines: readonly string[]) => void;
  readonly show: (scope: Scope) => ShownAccount;
  readonly lastIndex: () => number;
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
};

/** Parts that change least come first, so that a provider's cache serves question after question. */
export function createAccount({ task, plan, cwd, instructions, fence }: AccountOptions): Account {
  const conversation = createConversation(task);
  const facts = createFacts(cwd, plan);
  const orders = clean(pickOrders(instructions, ordersRoom));
  const steps: NormalizedStep[] = [];
  let ledger: readonly string[] = [];

  /** Those that do not stand in the other parts anyway: added by hand, or read by a model in another language. */
  function constraints(known: string): string[] {
    return ledger.map(clean).filter((line) => !known.includes(line.replace(/^“|” \([^()]*\)$/g, '').slice(0, 120)));
  }

  function showWords(): Part[] {
    const said = conversation.entries().map(({ from, step, text }): Part => {
      const who = from === 'user' ? `user, before step ${step}` : `agent, ending its turn with step ${step}`;
      return from === 'user'
        ? { kind: 'words', text: `[${who}]\n${text}` }
        : { kind: 'step', step, text: `[${who}]\n${text}` };
    });
    const known = `${orders}\n${said.map(({ text }) => text).join('\n')}`;
    const plan = clean(clip(facts.plan(), planRoom, (omitted) => `${omitted} characters left out`));
    return [
      { kind: 'words', tag: 'instructions', text: orders },
      ...said.map((part) => ({ ...part, tag: 'conversation' })),
      ...constraints(known).map((text): Part => ({ kind: 'words', tag: 'constraints', text: `- ${text}` })),
      ...(known.includes(plan.slice(0, 200)) ? [] : [{ kind: 'words', tag: 'plan', text: plan } satisfies Part]),
    ];
  }

  function showFacts(): Part[] {
    const table = (title: string, lines: readonly FactLine[]): Part[] =>
      lines.length === 0
        ? []
        : [
            { kind: 'fact', text: title },
            ...lines.map(({ step, text }): Part => ({ kind: 'fact', step, text: `- ${clean(text)}` })),
          ];
    const tables = [
      ...table('Checks that ran:', describeChecks(facts)),
      ...table('Files that changed:', describeFiles(facts, conversation.userWords())),
      ...table('Git:', describeGit(facts.git())),
    ];
    const none: Part[] = [{ kind: 'fact', text: 'No check ran and no file changed.' }];
    return (tables.length === 0 ? none : tables).map((part) => ({ ...part, tag: 'facts' }));
  }

  function showSteps({ since, focus = [] }: Scope): Part[] {
    const own = steps.filter(({ index }) => index > since || focus.includes(index));
    const earlier = steps.filter(({ index }) => index <= since && !focus.includes(index)).slice(-earlierSteps);
    const before = earlier.map((step) => ({ index: step.index, text: describeStep(step, 'line') }));
    const chosen = [...before, ...chooseSteps(own, new Set(focus), stepsRoom)];
    return chosen
      .sort((left, right) => left.index - right.index)
      .map(({ index, text }) => ({ kind: 'step', tag: 'steps', step: index, text }));
  }

  return {
    add: (step) => {
      conversation.add(step);
      facts.add(step);
      steps.push(step);
      if (steps.length > maxSteps) steps.shift();
    },
    setLedger: (lines) => {
      ledger = lines;
    },
    show: (scope) => {
      const parts = [...showWords(), ...showFacts(), ...showSteps(scope)].filter(({ text }) => text !== '');
      return {
        text: fenceParts(parts, fence),
        find: (quote) => findQuote(parts, quote),
        lastIndex: steps.at(-1)?.index ?? -1,
      };
    },
    lastIndex: () => steps.at(-1)?.index ?? -1,
    facts,
    findingHistory: createFindingHistory(),
  };
}

/** Parts of one tag that follow each other stand in one fence. */
function fenceParts(parts: readonly Part[], fence: string): string {
  const lines: string[] = [];
  for (const [at, { tag = 'steps', text }] of parts.entries()) {
    if (parts[at - 1]?.tag !== tag) lines.push(`<${tag}-${fence}>`);
    lines.push(text);
    if (parts[at + 1]?.tag !== tag) lines.push(`</${tag}-${fence}>`, '');
  }
  return lines.join('\n').trim();
}
