import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const texts = z.record(z.string(), text).default({});
const stepSchema = z.object({
  id: z.string().optional(),
  name: z.string().optional(),
  uses: z.string().optional(),
  if: z.string().optional(),
  run: z.string().optional(),
  env: texts,
  with: texts,
});
const actionSchema = z.object({
  inputs: z.record(z.string(), z.object({ default: text.optional() })),
  outputs: z.record(z.string(), z.object({ value: z.string() })),
  runs: z.object({ steps: z.array(stepSchema) }),
});
const jobSchema = z.object({ steps: z.array(stepSchema), outputs: texts });
export const workflowSchema = z.object({ env: texts, jobs: z.record(z.string(), jobSchema) });

export type Step = z.output<typeof stepSchema>;
export type Job = z.output<typeof jobSchema>;
type Contexts = { readonly [name: string]: unknown };

export type Place = {
  /** The checkout: steps run here. */
  readonly folder: string;
  /** $RUNNER_TEMP. */
  readonly temporary: string;
  /** Where uploaded artifacts go, a folder a name. */
  readonly artifacts: string;
  readonly env: NodeJS.ProcessEnv;
};

export type JobEnd = {
  readonly outputs: Readonly<Record<string, string>>;
  readonly log: string;
  readonly failed: string | undefined;
};

const root = join(import.meta.dirname, '../..');

/** Runs the steps of a job of GitHub Actions as its runner would: bash with -e, files for outputs and paths, expressions looked up. */
export async function runJob(
  job: Job,
  workflowEnv: Readonly<Record<string, string>>,
  contexts: Contexts,
  place: Place,
): Promise<JobEnd> {
  const steps: Record<string, { outputs: Record<string, string> }> = {};
  const all = { runner: { temp: place.temporary, os: 'Linux' }, ...contexts, steps };
  const { log, failed } = await runSteps(job.steps, workflowEnv, all, place);
  return { outputs: fillAll(job.outputs, all), log, failed };
}

async function runSteps(
  steps: readonly Step[],
  env: Readonly<Record<string, string>>,
  contexts: Contexts & { steps: Record<string, { outputs: Record<string, string> }> },
  place: Place,
): Promise<{ log: string; failed: string | undefined }> {
  let log = '';
  let failed: string | undefined;
  let path = place.env.PATH ?? '';
  for (const [index, step] of steps.entries()) {
    const isAlways = step.if?.includes('always()') === true;
    if ((failed !== undefined && !isAlways) || !isTrue(step.if?.replace('always()', "'' == ''"), contexts)) continue;
    const name = step.name ?? step.id ?? step.uses ?? `step ${index}`;
    const end = await runStep(step, { ...env, ...fillAll(step.env, contexts), PATH: path }, contexts, place);
    log += end.log;
    path = end.path;
    if (step.id !== undefined) contexts.steps[step.id] = { outputs: end.outputs };
    if (!end.isOk) failed = name;
  }
  return { log, failed };
}

type StepEnd = {
  readonly outputs: Record<string, string>;
  readonly log: string;
  readonly path: string;
  readonly isOk: boolean;
};

async function runStep(step: Step, env: Record<string, string>, contexts: Contexts, place: Place): Promise<StepEnd> {
  const nothing = { outputs: {}, log: '', path: env.PATH ?? '', isOk: true };
  const inputs = fillAll(step.with, contexts);
  if (step.run !== undefined) return runScript(fill(step.run, contexts), env, place);
  if (step.uses?.startsWith('wink-agent/')) return runAction(inputs, env, contexts, place);
  if (step.uses?.startsWith('actions/upload-artifact')) {
    const source = join(inputs.path?.startsWith('/') ? '' : place.folder, inputs.path ?? '');
    const target = join(place.artifacts, inputs.name ?? 'artifact');
    if (existsSync(source))
      cpSync(source, statSync(source).isFile() ? join(target, basename(source)) : target, { recursive: true });
    return nothing;
  }
  if (step.uses?.startsWith('actions/download-artifact')) {
    cpSync(place.artifacts, join(place.folder, inputs.path ?? '.'), { recursive: true });
    return nothing;
  }
  if (/^actions\/(checkout|setup-node|cache)@/.test(step.uses ?? '')) return nothing;
  throw new Error(`The runner does not know ${step.uses}.`);
}

async function runAction(
  given: Readonly<Record<string, string>>,
  env: Record<string, string>,
  contexts: Contexts,
  place: Place,
): Promise<StepEnd> {
  const action = actionSchema.parse(parse(readFileSync(join(root, 'action.yml'), 'utf8')));
  const inputs = {
    ...Object.fromEntries(
      Object.entries(action.inputs).map(([name, input]) => [name, fill(input.default ?? '', contexts)]),
    ),
    ...given,
  };
  const own = { ...contexts, inputs: { ...inputs, package: place.env.WINK_PACKAGE ?? inputs.package }, steps: {} };
  const { log, failed } = await runSteps(action.runs.steps, env, own, place);
  const values = Object.fromEntries(Object.entries(action.outputs).map(([name, output]) => [name, output.value]));
  return { outputs: fillAll(values, own), log, path: env.PATH ?? '', isOk: failed === undefined };
}

let scripts = 0;

/** Runs a script with bash, as steps and containers do. */
export async function runScript(script: string, env: Readonly<Record<string, string>>, place: Place): Promise<StepEnd> {
  mkdirSync(place.temporary, { recursive: true });
  const [output, added, file] = ['output', 'path', 'script'].map((kind) => join(place.temporary, `${kind}-${scripts}`));
  if (output === undefined || added === undefined || file === undefined) throw new Error('no file names');
  scripts++;
  for (const path of [output, added]) writeFileSync(path, '');
  writeFileSync(file, script);
  const own = { RUNNER_TEMP: place.temporary, GITHUB_OUTPUT: output, GITHUB_PATH: added };
  const child = spawn('bash', ['-eo', 'pipefail', file], {
    cwd: place.folder,
    env: { ...place.env, ...env, ...own },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const code = await new Promise((resolve) => child.once('close', resolve));
  const outputs = Object.fromEntries(
    readFileSync(output, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
  const path = [...readFileSync(added, 'utf8').split('\n').filter(Boolean), env.PATH ?? place.env.PATH ?? ''].join(':');
  return { outputs, log, path, isOk: code === 0 };
}

function fillAll(values: Readonly<Record<string, string>>, contexts: Contexts): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, fill(value, contexts)]));
}

/** A condition of `==`, `!=`, `&&` and `||` between texts in quotes and values of the contexts. */
function isTrue(condition: string | undefined, contexts: Contexts): boolean {
  if (condition === undefined) return true;
  const value = (word: string) => (word.startsWith("'") ? word.slice(1, -1) : fill(`\${{ ${word} }}`, contexts));
  return condition.split('||').some((part) =>
    part.split('&&').every((comparison) => {
      const [, left = '', operator, right = ''] =
        /^\s*('[^']*'|[\w.-]+)\s*(==|!=)\s*('[^']*'|[\w.-]+)\s*$/.exec(comparison) ?? [];
      if (operator === undefined) throw new Error(`The runner does not know the condition ${condition}.`);
      return (value(left) === value(right)) === (operator === '==');
    }),
  );
}

/** `${{ a.b.c }}` is looked up; what is not there is empty, as in GitHub Actions. */
function fill(template: string, contexts: Contexts): string {
  return template.replace(/\$\{\{\s*([\w.-]+)\s*\}\}/g, (_, path: string) => {
    let value: unknown = contexts;
    for (const part of path.split('.'))
      value =
        typeof value === 'object' && value !== null
          ? Object.entries(value).find(([key]) => key === part)?.[1]
          : undefined;
    return value === undefined ? '' : String(value);
  });
}
