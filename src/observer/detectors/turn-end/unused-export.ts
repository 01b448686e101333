import { contentOf } from '../../ledger/check/call-targets.ts';
import { isOfKind } from '../../ledger/check/file-sets.ts';
import { makeSignal } from '../../signal.ts';
import { announcesMore, leavesToUser } from '../../step/claims/last-words.ts';
import { featuresOf } from '../../step/features.ts';
import { fileReplacementsOf } from '../../step/files/edit-texts.ts';
import type { Detector, NormalizedCall, NormalizedStep, RunFacts } from '../../step/normalized-step.ts';

const definitions: readonly RegExp[] = [
  /^[ \t]*export (?:default )?(?:async )?function (\w{4,})/gm,
  /^[ \t]*export (?:const|let) (\w{4,})\s*(?::[^=\n]+)?=\s*(?:async )?(?:\(|function\b|\w+ =>)/gm,
  /^func ([A-Z]\w{3,})\(/gm,
  /^def ([a-z]\w{3,})\(/gm,
  /^pub (?:async )?fn (\w{4,})/gm,
];
/** The request is for something to be called by others: that nothing calls it yet is fine. */
const asksForParts =
  /\b(?:functions?|methods?|helpers?|util\w*|class(?:es)?|hooks?|components?|apis?|modules?|librar(?:y|ies)|packages?|interfaces?|types?|exports?|exported|wrappers?|sdk|endpoints?|handlers?|plugins?|middleware|so (?:that )?(?:the )?tests|for (?:the )?tests?|tests? can)\b/i;
const maxSymbols = 60;
const maxText = 300_000;

/**
 * At the end of a task that asks for behaviour, a function that this session made and exports is used by its tests and by nothing else: the part that
 * calls it is missing. Not when the request is for functions, helpers and the like, names it, or when something that the run has read could
 * have known it before.
 */
export function createUnusedExport(facts: Pick<RunFacts, 'task' | 'plan'>): Detector {
  const made = new Map<string, { readonly step: number; readonly path: string }>();
  let production = '';
  let tests = '';
  /** What was read lately; kept in pieces, since to cut one long text would copy it at each step. */
  const seen: string[] = [];
  let seenLength = 0;
  let asked = `${facts.task}\n${facts.plan ?? ''}`;

  const take = (path: string, before: string, after: string, step: number) => {
    if (isOfKind(path, 'tests')) {
      tests = `${tests}\n${after}`.slice(-maxText);
      return;
    }
    if (!isOfKind(path, 'production code')) return;
    production = `${production}\n${after}`.slice(-maxText);
    for (const symbol of symbolsIn(after)) {
      if (made.size >= maxSymbols || made.has(symbol)) continue;
      const isNew = !hasWord(before, symbol) && !seen.some((text) => hasWord(text, symbol));
      if (isNew) made.set(symbol, { step, path });
    }
  };

  const see = (output: string) => {
    seen.push(output.slice(-maxText));
    seenLength += Math.min(output.length, maxText);
    while (seenLength > maxText) seenLength -= seen.shift()!.length;
  };

  const note = (call: NormalizedCall, step: number) => {
    const { path, isChange } = featuresOf(call);
    const edits = call.act === 'edit' ? fileReplacementsOf(call) : [];
    for (const edit of edits) take(edit.path, edit.before, edit.after, step);
    if (call.act === 'write' && path !== undefined && isChange) take(path, '', contentOf(call), step);
    else if (edits.length === 0) see(call.output);
  };

  return {
    name: 'unused-export',
    feed: (step) => {
      if (step.userTexts.length > 0) asked = `${asked}\n${step.userTexts.join('\n')}`.slice(-40_000);
      for (const call of step.calls) note(call, step.index);
      return [];
    },
    finish: (step) => {
      if (made.size === 0 || announcesMore(step.text) || leavesToUser(step.text)) return [];
      const unused = [...made].filter(
        ([symbol]) => hasWord(tests, symbol) && !hasWord(asked, symbol) && countUses(production, symbol) === 0,
      );
      made.clear();
      return unused.length === 0 || asksForParts.test(asked) ? [] : [describe(step, unused)];
    },
  };
}

function symbolsIn(code: string): string[] {
  return definitions.flatMap((pattern) => [...code.matchAll(pattern)].map((match) => match[1]!));
}

function hasWord(text: string, word: string): boolean {
  return text.includes(word) && new RegExp(`\\b${word}\\b`).test(text);
}

/** Uses of a symbol apart from its definitions and comments that begin with it. */
function countUses(code: string, symbol: string): number {
  const count = (pattern: string) => code.match(new RegExp(pattern, 'g'))?.length ?? 0;
  return (
    count(`\\b${symbol}\\b`) -
    count(`(?:function|func|def|fn|const|let) ${symbol}\\b`) -
    count(`(?://+|#|\\*) ?${symbol}\\b`)
  );
}

function describe(
  step: NormalizedStep,
  unused: readonly (readonly [string, { readonly step: number; readonly path: string }])[],
) {
  const names = unused.slice(0, 3).map(([symbol]) => `\`${symbol}\``);
  const is = unused.length === 1 ? 'is' : 'are';
  return makeSignal({
    detector: 'unused-export',
    class: 'premature-stop',
    step: step.index,
    confidence: 0.8,
    evidenceSteps: [unused[0]![1].step, step.index],
    evidence: `${names.join(', ')} in ${unused[0]![1].path.replace(/^.*\//, '')} ${is} new, and only tests use ${unused.length === 1 ? 'it' : 'them'}: nothing in the program calls ${unused.length === 1 ? 'it' : 'them'}`,
    streak: step.index,
  });
}
