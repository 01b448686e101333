import * as z from 'zod';
import { describeIssue } from '../config/describe-issue.ts';
import { UserError } from '../core/errors.ts';
import { nearestName } from '../core/text/nearest-name.ts';

/** Throws UserError, one sentence on the first thing that is wrong, unless `given` is of the schema's form. `where`: the function, for the sentence. */
export function checkOptions(where: string, schema: z.ZodObject, given: unknown): void {
  const issue = schema.safeParse(given).error?.issues[0];
  if (issue === undefined) return;
  if (issue.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys;
    throw new UserError(`${where}: ${describeUnknown(key, key, Object.keys(schema.shape))}`);
  }
  const value = issue.path.reduce<unknown>((place, part) => (isRecord(place) ? place[part] : undefined), given);
  const name = issue.path.length === 0 ? 'the argument' : `\`${nameOf(issue.path)}\``;
  throw new UserError(`${where}: ${name} ${describeIssue(issue, value, schema)}.`);
}

/** A function of the caller's. */
export const givenFunction = z.custom((value: unknown) => typeof value === 'function', 'must be a function');

const flagNames: Readonly<Record<string, string>> = {
  ...{ cwd: 'cwd', model: 'model', 'base-url': 'baseUrl', approval: 'approval', allow: 'allow', deny: 'deny' },
  ...{ 'max-turns': 'maxTurns', 'max-tokens': 'maxTokens', 'max-cost': 'maxCostUsd', timeout: 'timeoutSeconds' },
  ...{ wink: 'observer', session: 'resume', 'no-session': 'keepsSession' },
};

/** Runs what knows these options as flags of the program, and says what it throws in the library's words. */
export async function inOptionWords<Value>(act: () => Promise<Value>): Promise<Value> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const message = error.message.replace(/--([a-z]+(?:-[a-z]+)*)/g, (flag, name: string) => {
      const option = flagNames[name];
      return option === undefined ? flag : `\`${option}\``;
    });
    throw new UserError(message, { cause: error });
  }
}

/** A sentence for an option that is not there; `name` is the last part of its `path`. */
export function describeUnknown(path: string, name: string, known: readonly string[]): string {
  const near = nearestName(name, known);
  return `there is no option \`${path}\`${near === undefined ? '.' : `; did you mean \`${near}\`?`}`;
}

function nameOf(path: readonly PropertyKey[]): string {
  const parts = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`));
  return parts.join('').replace(/^\./, '');
}

function isRecord(value: unknown): value is Record<PropertyKey, unknown> {
  return typeof value === 'object' && value !== null;
}
