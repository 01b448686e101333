import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadPrompt, packageRoot } from '../../core/prompt.ts';
import type { Rung, Verdict } from '../../core/types.ts';

/** Templates by what they are about: a detector's own words come before those of its class. */
const known = new Map<string, boolean>();

/** Characters of evidence that a reminder carries at most. */
const evidenceLimit = 480;

/**
 * The words of a reminder. The first rung uses the detector's template or its class's (`prompts/reminders/NAME.md`), the second
 * `NAME.check.md`; the later rungs have one template each. An adviser's words take the place of the template's own advice on these two.
 */
export function wordReminder(verdict: Verdict, rung: Rung): string {
  const evidence = sentence(verdict.evidence);
  switch (rung) {
    case 'redirect':
      if (verdict.advice !== undefined) return loadPrompt('reminders/advised', { evidence, advice: verdict.advice });
      return loadPrompt(templateOf(verdict, ''), { evidence });
    case 'check':
      if (verdict.advice !== undefined)
        return loadPrompt('reminders/advised.check', { evidence, advice: verdict.advice });
      return loadPrompt(templateOf(verdict, '.check'), { evidence });
    case 'refuse':
      return loadPrompt('reminders/refuse', { evidence });
    case 'way-back':
      return loadPrompt('reminders/way-back', { evidence });
    case 'stop':
      return loadPrompt('reminders/stop', { evidence });
    default:
      return rung satisfies never;
  }
}

/** What the model gets instead of the result of a call that the ladder refuses. */
export function wordRefusal(evidence: string): string {
  return loadPrompt('reminders/refused-call', { evidence: sentence(evidence) });
}

function templateOf(verdict: Verdict, suffix: string): string {
  const names = [verdict.detector, verdict.class, 'other'].filter((name) => name !== undefined);
  return `reminders/${names.find((name) => hasTemplate(`${name}${suffix}`)) ?? 'other'}${suffix}`;
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
  const started = short.charAt(0).toUpperCase() + short.slice(1);
  return /[.!?…]”?$/.test(started) ? started : `${started}.`;
}
