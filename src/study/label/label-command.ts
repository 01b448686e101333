import { userInfo } from 'node:os';
import type { CommandIo } from '../../core/command-io.ts';
import { UserError } from '../../core/errors.ts';
import { parseOptions } from '../../core/parse-options.ts';
import type { Code, CodedRun, CodedStep, LabelScreenOptions } from '../../core/qualitative-coding.ts';
import type { NormalizedStep } from '../../observer/step/normalized-step.ts';
import { runKey } from '../input/read-labels.ts';
import { openTrajectories } from '../input/read-trajectories.ts';
import type { StudyTrajectory } from '../input/trajectory.ts';
import { checkWritable } from '../out-file.ts';
import { computeAgreement, findDisagreements, writeAgreement } from './label-agreement.ts';
import {
  adjudicated,
  appendLabels,
  chooseReadings,
  type LabelLine,
  readCodebook,
  readLabels,
  resolveCode,
  writeCodebook,
  writeLabels,
} from './label-store.ts';

const usage = `Usage: wink-agent label <files or folders...> [options]

Reads runs in the terminal and marks misbehaviours: the run on the left, the codebook on the right. Every run is saved when you leave it,
so you can stop at any time, even in the middle of a run, and continue later. Several coders share one file, and don't see each other's labels.

  --labels FILE      where labels are kept (default: labels.jsonl)
  --coder NAME       who reads (default: your login name)
  --codebook FILE    where codes that you add are kept (default: next to the labels)
  --all              show runs again that you have read
  --adjudicate       read the runs on which coders differ, with their labels shown, and settle them
  --agreement        print Cohen's kappa and Krippendorff's alpha for each class
  --merge-code A=B   count the added code A as B from now on
  --export FILE      write one set of labels per run for wink-agent eval --labels: the settled one, or the only one

Examples
  wink-agent label runs/ --coder ana
  wink-agent label runs/ --agreement
  wink-agent label runs/ --adjudicate
  wink-agent label --export agreed.jsonl && wink-agent eval runs/ --labels agreed.jsonl
`;

export type OpenLabelScreen = (options: LabelScreenOptions) => Promise<void>;

/** The screen is loaded when it is needed: most flags of `label` draw nothing. */
const openOwnScreen: OpenLabelScreen = async (options) =>
  (await import('../../ui/label/label-screen.tsx')).openLabelScreen(options);

/** `wink-agent label`. Resolves to the exit code; throws UserError for wrong usage. */
export async function runLabel(
  argv: readonly string[],
  io: CommandIo,
  openScreen: OpenLabelScreen = openOwnScreen,
): Promise<number> {
  const { values, positionals } = parseLabelArguments(argv);
  if (values.help) {
    io.stdout.write(usage);
    return 0;
  }
  const labelsPath = values.labels ?? 'labels.jsonl';
  const codebookPath = values.codebook ?? `${labelsPath.replace(/\.jsonl$/, '')}.codebook.json`;
  const codes = readCodebook(codebookPath);
  const lines = readLabels(labelsPath);
  if (values['merge-code'] !== undefined) return mergeCode(values['merge-code'], codes, codebookPath, io);
  if (values.agreement) {
    io.stdout.write(writeAgreement(computeAgreement(lines, codes)));
    return 0;
  }
  if (values.export !== undefined) return exportLabels(values.export, lines, codes, io);
  if (positionals.length === 0)
    throw new UserError('label needs files or folders with saved trajectories, for example: wink-agent label runs/');
  const isAdjudicating = values.adjudicate === true;
  const coder = isAdjudicating ? adjudicated : (values.coder ?? userInfo().username);
  if (!isAdjudicating && coder === adjudicated)
    throw new UserError(`The name ${adjudicated} is kept for settled readings; choose another with --coder.`);
  const found = await findRuns(positionals, lines, codes, { coder, isAdjudicating, isAll: values.all === true }, io);
  if (found.length === 0) {
    io.stdout.write(
      isAdjudicating
        ? 'The coders agree on every run that two or more read.\n'
        : 'You have read every run; --all shows them again.\n',
    );
    return 0;
  }
  checkWritable(labelsPath);
  let saving: Promise<void> = Promise.resolve();
  await openScreen({
    runs: found.map(({ run }) => run),
    codes,
    coder,
    isAdjudicating,
    onSave: (run, labels, isDraft) => {
      const source = found.find((candidate) => candidate.run.key === run.key)!.trajectory;
      const line = {
        set: source.set,
        source: source.source,
        id: source.id,
        coder,
        steps: run.steps.length,
        labels,
        isDraft,
      };
      appendLabels(labelsPath, line, new Date().toISOString());
    },
    onCodes: (changed) => {
      saving = saving.then(() => writeCodebook(codebookPath, changed));
    },
  });
  await saving;
  io.stderr.write(`Labels are in ${labelsPath}.\n`);
  return 0;
}

type Choice = { readonly coder: string; readonly isAdjudicating: boolean; readonly isAll: boolean };

async function findRuns(
  paths: readonly string[],
  lines: readonly LabelLine[],
  codes: readonly Code[],
  choice: Choice,
  io: CommandIo,
) {
  const disputed = new Set(findDisagreements(lines, codes));
  const found: { run: CodedRun; trajectory: StudyTrajectory }[] = [];
  const listener = { onSkip: (place: string, reason: string) => io.stderr.write(`Skipped ${place}: ${reason}.\n`) };
  for await (const trajectory of openTrajectories(paths, listener)) {
    const key = runKey(trajectory);
    const readings = lines.filter((line) => runKey(line) === key);
    const mine = readings.find((line) => line.coder === choice.coder);
    const isRead = mine !== undefined && !mine.isDraft;
    if ((choice.isAdjudicating && !disputed.has(key)) || (isRead && !choice.isAll)) continue;
    const others = choice.isAdjudicating ? readings.filter((line) => line.coder !== choice.coder && !line.isDraft) : [];
    found.push({ run: toCodedRun(trajectory, key, mine, others), trajectory });
  }
  return found;
}

function toCodedRun(
  trajectory: StudyTrajectory,
  key: string,
  mine: LabelLine | undefined,
  others: readonly LabelLine[],
): CodedRun {
  return {
    key,
    id: trajectory.id,
    agent: trajectory.agent ?? 'unknown',
    task: trajectory.task,
    steps: trajectory.steps.map(toCodedStep),
    mine: mine?.labels,
    isRead: mine !== undefined && !mine.isDraft,
    others: others.map(({ coder, labels }) => ({ coder, labels })),
  };
}

function toCodedStep(step: NormalizedStep): CodedStep {
  return {
    index: step.index,
    user: step.userTexts.join('\n\n'),
    text: step.text || step.reasoning,
    calls: step.calls.map((call) => ({
      name: call.name,
      input: showInput(call.input),
      output: call.output,
      isError: call.isError,
    })),
  };
}

/** One string argument as it is; several as JSON. */
function showInput(input: object): string {
  const values = Object.values(input);
  if (values.length === 1 && typeof values[0] === 'string') return values[0];
  return Object.entries(input)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('\n');
}

async function mergeCode(text: string, codes: readonly Code[], path: string, io: CommandIo): Promise<number> {
  const [from, to] = text.split('=');
  const source = codes.find((code) => code.name === from && code.isOpen);
  if (!source) throw new UserError(`There is no added code "${from}"; only codes that coders added can be merged.`);
  if (!codes.some((code) => code.name === to)) throw new UserError(`There is no code "${to}" to merge into.`);
  const merged = codes.map((code) => (code === source ? { ...code, mergedInto: to! } : code));
  if (resolveCode(merged, from!) === from)
    throw new UserError(`${from} can't be merged into ${to}: that one was merged into ${from} before.`);
  await writeCodebook(path, merged);
  io.stdout.write(`${from} counts as ${to} from now on.\n`);
  return 0;
}

async function exportLabels(
  path: string,
  lines: readonly LabelLine[],
  codes: readonly Code[],
  io: CommandIo,
): Promise<number> {
  const { chosen, open } = chooseReadings(lines);
  const resolved = chosen.map((line) => ({
    ...line,
    labels: line.labels.map((label) => ({ ...label, class: resolveCode(codes, label.class) })),
  }));
  await writeLabels(path, resolved, new Date().toISOString());
  const left =
    open.length === 0 ? '' : ` ${open.length} with several readings were left out; settle them with --adjudicate.`;
  io.stdout.write(`${chosen.length} runs written to ${path}.${left}\n`);
  return 0;
}

function parseLabelArguments(argv: readonly string[]) {
  return parseOptions('label', argv, {
    labels: { type: 'string' },
    coder: { type: 'string' },
    codebook: { type: 'string' },
    all: { type: 'boolean' },
    adjudicate: { type: 'boolean' },
    agreement: { type: 'boolean' },
    'merge-code': { type: 'string' },
    export: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  });
}
