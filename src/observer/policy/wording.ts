import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadPrompt, packageRoot, promptWants } from '../../core/prompt.ts';
import type { Rung, Verdict } from '../../core/types.ts';

/** Templates by what they are about: a detector's own words come before those of its class. */
const known = new Map<string, boolean>();

/** Characters of evidence that a reminder carries at most. */
const evidenceLimit = 480;

/** What the words must fit to. */
export type Occasion = {
  /** Whether somebody is there who can answer a question. */
  readonly canAsk: boolean;
  /** The model had called its turn done, and its last message has been shown. */
  readonly reopensTurn?: boolean;
};

/**
 * The words of a reminder. The first rung uses the detector's template or its class's (`prompts/reminders/NAME.md`), or
 * `NAME.refused.md` where the call was refused in words already; the second `NAME.check.md`; the later rungs have one template each (`rungs/`). An
 * adviser's words take the place of the template's own advice on these two.
 */
export function wordReminder(verdict: Verdict, rung: Rung, occasion: Occasion = { canAsk: true }): string {
  const words = fill(templateFor(verdict, rung), verdict, occasion);
  return occasion.reopensTurn ? `${words} ${loadPrompt('reminder-parts/reopened', {})}` : words;
}

function templateFor(verdict: Verdict, rung: Rung): string {
  const isAdvised = verdict.advice !== undefined;
  switch (rung) {
    case 'redirect':
      return `reminders/${isAdvised ? 'advised' : templateOf(verdict, verdict.isRefused ? '.refused' : '')}`;
    case 'check':
      return `reminders/${isAdvised ? 'advised.check' : templateOf(verdict, '.check')}`;
    case 'refuse':
    case 'way-back':
    case 'stop':
      return `reminders/rungs/${rung}`;
    default:
      return rung satisfies never;
  }
}

/** Fills what a template has a place for. */
function fill(template: string, { evidence, advice }: Verdict, { canAsk }: Occasion): string {
  const values = {
    evidence: sentence(evidence),
    advice: advice ?? '',
    ask: loadPrompt(canAsk ? 'reminder-parts/ask-user' : 'reminder-parts/tell-user', {}),
  };
  const wanted = Object.entries(values).filter(([key]) => promptWants(template, key));
  return loadPrompt(template, Object.fromEntries(wanted));
}

/** What the model gets instead of the result of a call that the ladder refuses. */
export function wordRefusal(evidence: string): string {
  return loadPrompt('refusals/repeated-call', { evidence: sentence(evidence) });
}

function templateOf(verdict: Verdict, suffix: string): string {
  const names = [verdict.detector, verdict.class, 'other'].filter((name) => name !== undefined);
  const found = names.find((name) => hasTemplate(`${name}${suffix}`));
  return found === undefined && suffix === '.refused' ? templateOf(verdict, '') : `${found ?? 'other'}${suffix}`;
}

function hasTemplate(name: string): boolean {
  let exists = known.get(name);
  if (exists === undefined) {
    exists = /^[\w.-]+$/.test(name) && existsSync(join(packageRoot(), 'prompts', 'reminders', `${name}.md`));
    known.set(name, exists);
  }
  return exists;
}

/** Evidence as one bounded line that starts and ends like a sentence. */
function sentence(evidence: string): string {
  const line = evidence.replace(/\s+/g, ' ').trim();
  const short = line.length > evidenceLimit ? `${line.slice(0, evidenceLimit - 1)}…` : line;
  // The name of a tool such as web_fetch or of a file is written as it is.
  const started = /^(?:\w+_|[\w-]*\.\w)/.test(short) ? short : short.charAt(0).toUpperCase() + short.slice(1);
  return /[.!?…]”?$/.test(started) ? started : `${started}.`;
}
