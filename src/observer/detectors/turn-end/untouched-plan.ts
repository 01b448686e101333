import { plainToolName } from '../../../core/classify-tool.ts';
import type { JsonObject } from '../../../core/types.ts';
import { makeSignal } from '../../signal.ts';
import { announcesMore, leavesToUser } from '../../step/claims/last-words.ts';
import { featuresOf } from '../../step/features.ts';
import { filesToChange } from '../../step/files/plan-files.ts';
import type { Detector, NormalizedCall, NormalizedStep, RunFacts } from '../../step/normalized-step.ts';

/** The user lets the plan of the last message, or the one in their own, be carried out. */
const carriesOut =
  /^\s*(?:please )?(?:implement|carry out|execute|do) (?:the following |this |the |that |your )?plan\b|^\s*(?:ok(?:ay)?|yes|yep|lgtm|approved?|go(?: ahead)?|looks good|sounds good|do it|start)\b.{0,40}$/i;
/** The user changes what was agreed. */
const narrows =
  /\b(?:only|skip|instead|revert\w*|leave|not|don['’]?t|no|drop|without|just|forget|rather|first|stop|wait|remove)\b/i;
/** The last words admit that something is left. */
const admits =
  /\b(?:left|remain(?:s|ing)?|skipp?ed|not (?:yet|done|implemented|changed|needed|necessary|required)|didn['’]t|todo|next step|follow.?up|deferred|out of scope|unchanged|no changes? (?:was|were|is|are)|still (?:to|needs?)|instead)\b/i;

/**
 * A plan that the user approved names files to change; the turn ends as done, most of them were changed, and of the rest nothing shows: no
 * edit, no command that names them, no look at them, no word of them at the end. A plan comes with the task, from a tool that asks for approval, or
 * is the answer that the user then lets be carried out. Silent when the user changed what was agreed, when subagents did a part,
 * and when a file of the same kind was made in the same folder. Said once a plan.
 */
export function createUntouchedPlan(facts: Pick<RunFacts, 'plan'>): Detector {
  let files: readonly string[] = facts.plan === undefined ? [] : filesToChange(facts.plan);
  let named = '';
  let made: string[] = [];
  let lastText = '';

  const approve = (plan: string) => {
    files = filesToChange(plan);
    named = '';
    made = [];
  };
  const readWords = (text: string) => {
    const withPlan = /^\s*(?:please )?implement (?:the following|this) plan[.:]?\s*\n([\s\S]+)$/i.exec(text)?.[1];
    if (withPlan !== undefined) approve(withPlan);
    else if (carriesOut.test(text) && filesToChange(lastText).length > 0) approve(lastText);
    else if (narrows.test(text) && !carriesOut.test(text)) files = [];
  };
  const note = (call: NormalizedCall) => {
    if (call.act === 'plan') {
      if (typeof call.input.plan === 'string' && !call.isError) approve(call.input.plan);
      return;
    }
    if (/^(?:task|agent|subagent|delegate|spawnagent)$/.test(plainToolName(call.name))) files = [];
    // A new plan begins anew.
    if (files.length < 2) return;
    const { path, isChange } = featuresOf(call);
    if (isChange && path !== undefined && call.act === 'write') made.push(path);
    named = `${named}${namesIn(call.input)}\n`.slice(-300_000);
  };

  return {
    name: 'untouched-plan',
    feed: (step) => {
      for (const text of step.userTexts) readWords(text);
      for (const call of step.calls) note(call);
      if (step.calls.length === 0) lastText = step.text;
      return [];
    },
    finish: (step) => {
      if (files.length < 2 || announcesMore(step.text) || leavesToUser(step.text)) return [];
      const isNamed = (file: string) =>
        named.includes(baseOf(file)) || made.some((path) => isNamesake(path, file, files));
      const untouched = files.filter((file) => !isNamed(file));
      // The work may only have begun: what is left by then is not part left out.
      if (untouched.length > files.length / 2) return [];
      files = [];
      const silent = untouched.filter((file) => !step.text.includes(baseOf(file)));
      return silent.length === 0 || admits.test(step.text) ? [] : [describe(step, silent)];
    },
  };
}

/** A file made in the same folder with the same ending that the plan does not name: it may be the one that was meant. */
function isNamesake(path: string, file: string, planned: readonly string[]): boolean {
  const folder = file.slice(0, file.lastIndexOf('/')).replace(/^.*\//, '');
  const isPlanned = planned.some((other) => baseOf(other) === baseOf(path));
  return !isPlanned && path.includes(`/${folder}/`) && endingOf(path) === endingOf(file);
}

function baseOf(path: string): string {
  return path.replace(/^.*\//, '');
}

function endingOf(path: string): string {
  return /\.\w+$/.exec(path)?.[0] ?? '';
}

/** Paths, lines of a shell, patterns and patches; not the text that a call writes. */
function namesIn(input: JsonObject): string {
  return Object.entries(input)
    .filter(([name, value]) => typeof value === 'string' && !/content|text|string|new|old|description/i.test(name))
    .map(([, value]) => String(value).slice(0, 20_000))
    .join('\n');
}

function describe(step: NormalizedStep, files: readonly string[]) {
  const more = files.length > 3 ? ` and ${files.length - 3} more` : '';
  return makeSignal({
    detector: 'untouched-plan',
    class: 'premature-stop',
    step: step.index,
    confidence: 0.8,
    evidenceSteps: [step.index],
    evidence: `the approved plan says to change ${files.slice(0, 3).join(', ')}${more}, and nothing in the run has looked at or changed ${files.length === 1 ? 'it' : 'them'}`,
    streak: step.index,
  });
}
