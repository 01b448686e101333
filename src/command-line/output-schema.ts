import { resolve } from 'node:path';
import { readText, whyUnreadable } from '../core/disk/read-text.ts';
import { errorCode, messageOf, UserError } from '../core/errors.ts';
import { loadPrompt } from '../core/prompt.ts';
import type { AnswerForm } from '../core/run/answer-form.ts';
import { isObject, parseJson } from '../core/text/json.ts';
import type { JsonObject } from '../core/types.ts';

/** Says what is wrong with a value; undefined when it matches. */
type Validate = (value: unknown) => string | undefined;

const maxProblems = 3;

/** `--output-schema FILE`: the form of the last answer. Throws UserError for a file that holds no JSON schema. */
export async function readOutputSchema(file: string, cwd: string): Promise<AnswerForm> {
  const schema = readSchema(file, cwd);
  const validate = await compile(file, schema);
  return {
    instructions: loadPrompt('headless/output-schema', { schema: JSON.stringify(schema, null, 2) }),
    startTurn: () => {
      let wasAskedAgain = false;
      return (answer) => {
        const json = findJson(answer);
        const problem = json === undefined ? 'it is not JSON' : validate(json.value);
        if (json !== undefined && problem === undefined) return { kind: 'ok', text: json.text };
        if (wasAskedAgain)
          return { kind: 'fail', error: `The answer does not match the schema of --output-schema: ${problem}.` };
        wasAskedAgain = true;
        return { kind: 'again', note: loadPrompt('headless/output-schema-again', { problem: problem ?? '' }).trim() };
      };
    },
  };
}

function readSchema(file: string, cwd: string): JsonObject {
  let text: string;
  try {
    text = readText(resolve(cwd, file));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') throw new UserError(`The file ${file} of --output-schema does not exist.`);
    throw new UserError(`The file ${file} of --output-schema can't be read: ${whyUnreadable(error)}.`);
  }
  const schema = parseJson(text);
  if (!isObject(schema))
    throw new UserError(`The file ${file} of --output-schema must hold one JSON schema, an object.`);
  return schema;
}

/** Drafts 6 and 7 as their `$schema` says, 2020-12 for everything else; formats are left to the model. */
async function compile(file: string, { $schema, ...schema }: JsonObject): Promise<Validate> {
  const Ajv = /draft-0[67]/.test(String($schema))
    ? (await import('ajv')).default.default
    : (await import('ajv/dist/2020.js')).default.default;
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true, logger: false });
  try {
    const validate = ajv.compile(schema);
    return (value) => (validate(value) ? undefined : describe(validate.errors ?? []));
  } catch (error) {
    throw new UserError(`The file ${file} of --output-schema is not a valid JSON schema: ${messageOf(error)}.`);
  }
}

function describe(errors: readonly { instancePath: string; message?: string }[]): string {
  const said = errors
    .slice(0, maxProblems)
    .map(({ instancePath, message }) => `${instancePath || 'the value'} ${message ?? 'is wrong'}`);
  return [...new Set(said)].join('; ') || 'it does not match';
}

/** The JSON of an answer: the whole of it, or a code fence that is all there is. */
function findJson(answer: string): { value: unknown; text: string } | undefined {
  const fenced = /^\s*```(?:json)?[ \t]*\n([\s\S]*?)\n?[ \t]*```\s*$/i.exec(answer);
  const text = (fenced?.[1] ?? answer).trim();
  const value = parseJson(text);
  return value === undefined ? undefined : { value, text };
}
